import { probeModel } from '../activities/models/probe-model.ts';
import { openaiSettings } from '../activities/providers/llm/openai/settings.ts';
import { readSettings } from '../platform/config.ts';
import { createModelRegistry, type ModelRegistry } from '../platform/models/model-registry.ts';
import { modelSettings } from '../platform/models/settings.ts';

/** The models as a worker with these settings would know and call them. */
export type WorkerModels = {
  models: ModelRegistry;
  /** Where OPENAI_BASE_URL points. */
  baseUrl: string;
  /** Asks a model a small question and says what is tried. @returns whether it can be used */
  probe(model: string, say: (line: string) => void): Promise<boolean>;
};

/** Opens the models that the environment names, without a database. @throws ConfigError */
export function openWorkerModels(): WorkerModels {
  const settings = readSettings({ ...modelSettings, ...openaiSettings });
  const models = createModelRegistry(settings);
  return {
    models,
    baseUrl: settings.OPENAI_BASE_URL,
    probe: (model, say) => probeModel({ models, settings }, model, say),
  };
}
