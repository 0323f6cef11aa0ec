import { probeModel } from '../activities/models/probe-model.ts';
import { openai } from '../activities/providers/llm/openai/provider.ts';
import { openaiSettings } from '../activities/providers/llm/openai/settings.ts';
import { ConfigError, readSettings, type Env } from '../platform/config.ts';
import { createModelRegistry, type ModelRegistry } from '../platform/models/model-registry.ts';
import type { ModelEndpoint } from '../contracts/models/profile.ts';
import { modelSettings } from '../platform/models/settings.ts';
import { chooseUsualModel } from './usual-model.ts';

/** The models as a worker with these settings would know and call them. */
export type WorkerModels = {
  models: ModelRegistry;
  /** Where OPENAI_BASE_URL points. */
  baseUrl: string;
  /** The model of work that names none, of those that the service offers. @throws ConfigError which says what to set */
  chooseUsual(): Promise<string>;
  /** Asks a model a small question and says what is tried. @returns whether it can be used */
  probe(model: string, say: (line: string) => void): Promise<boolean>;
};

/** The list of models. */
const listMs = 20_000;
/** One call of a probe, on a slow machine. */
const timeoutMs = 300_000;

/** Opens the models that the environment names, without a database. @throws ConfigError */
export function openWorkerModels(env?: Env): WorkerModels {
  const settings = readSettings({ ...modelSettings, ...openaiSettings }, env);
  const models = createModelRegistry(settings);
  return {
    models,
    baseUrl: settings.OPENAI_BASE_URL,
    async chooseUsual() {
      const service = openai.create(settings)(models).serviceOf(settings.LLM_MODEL);
      const offered = await service.models(listMs).catch((error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        throw new ConfigError([
          `LLM_MODEL: is not set, and ${settings.OPENAI_BASE_URL} does not say which models it has (${why}); set it, or mend OPENAI_BASE_URL and OPENAI_API_KEY`,
        ]);
      });
      return chooseUsualModel(offered, models);
    },
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
