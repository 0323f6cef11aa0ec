import type { ModelRegistry } from '../../platform/models/model-registry.ts';
import type { openai } from '../providers/llm/openai/provider.ts';
import type { LlmConfig } from '../providers/llm/llm-config.ts';
import { ownClientFor, type ModelsOfDeps } from './models-of-workspace.ts';
import { probeModel } from './probe-model.ts';

/** Tries a model as a workspace would ask it. @returns what was tried and found out, line by line, and whether it can be used */
export type TryModel = (workspaceId: string, model: string) => Promise<{ isUsable: boolean; lines: string[] }>;

/** One call of a trial: a person waits for it at a screen. */
const timeoutMs = 50_000;
/** What is kept of a line and of a trial: the words of a service have no bound of their own. */
const [mostCharacters, mostLines] = [600, 60];

/** Makes the function that tries models of workspaces, with a worker's settings; nothing of the trial is known to later calls. */
export function createTryModel(deps: {
  of: Omit<ModelsOfDeps, 'installation'>;
  llm: ReturnType<(typeof openai)['create']>;
  models: ModelRegistry;
}): TryModel {
  return async (workspaceId, model) => {
    const lines: string[] = [];
    const say = (line: string): void => {
      // Postgres stores no NUL.
      if (lines.length < mostLines) lines.push(line.replaceAll('\0', '').slice(0, mostCharacters));
    };
    let watch: NonNullable<LlmConfig['watch']> = () => undefined;
    const { models, client } = await ownClientFor(deps.of, workspaceId, model, (tried) => watch(tried));
    const isUsable = await probeModel(
      {
        price: models.priceOf(model),
        profile: models.profileOf(model),
        key: client ? 'the workspace’s own' : 'the installation’s',
        timeoutMs,
        open(told) {
          watch = told;
          return client ?? deps.llm(deps.models, told).serviceOf(model);
        },
      },
      model,
      say,
    );
    return { isUsable, lines };
  };
}
