import { probeModel } from '../activities/models/probe-model.ts';
import { openai } from '../activities/providers/llm/openai/provider.ts';
import { openaiSettings } from '../activities/providers/llm/openai/settings.ts';
import { readSettings } from '../platform/config.ts';
import { createModelRegistry, type ModelRegistry } from '../platform/models/model-registry.ts';
import type { ModelEndpoint } from '../contracts/models/profile.ts';
import { modelSettings } from '../platform/models/settings.ts';

/** The models as a worker with these settings would know and call them. */
export type WorkerModels = {
  models: ModelRegistry;
  /** Where OPENAI_BASE_URL points. */
  baseUrl: string;
  /** Asks a model a small question and says what is tried. @returns whether it can be used */
  probe(model: string, say: (line: string) => void): Promise<boolean>;
};

/** One call of a probe, on a slow machine. */
const timeoutMs = 300_000;

/** Opens the models that the environment names, without a database. @throws ConfigError */
export function openWorkerModels(): WorkerModels {
  const settings = readSettings({ ...modelSettings, ...openaiSettings });
  const models = createModelRegistry(settings);
  return {
    models,
    baseUrl: settings.OPENAI_BASE_URL,
    probe(model, say) {
      const profile = models.profileOf(model);
      return probeModel(
        {
          price: models.priceOf(model),
          profile,
          key: keyInWords(profile.endpoint),
          timeoutMs,
          open: (watch) => openai.create(settings)(models, watch).serviceOf(model),
        },
        model,
        say,
      );
    },
  };
}

function keyInWords(endpoint: ModelEndpoint | null): string {
  if (endpoint?.kind !== 'own') return 'as the settings of the service say';
  if (endpoint.key === null) return 'none';
  return 'env' in endpoint.key ? `in the variable ${endpoint.key.env}` : `in the file ${endpoint.key.file}`;
}
