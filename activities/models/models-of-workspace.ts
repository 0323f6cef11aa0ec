import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { OwnModel } from '../../contracts/models/models-api.schema.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import type { KeySource } from '../../platform/db/keys/master-keys.ts';
import { findWorkspaceModels, openModelKeys } from '../../platform/db/models/workspace-models.ts';
import { createModelRegistry, type ModelConfig, type ModelRegistry } from '../../platform/models/model-registry.ts';
import type { LlmConfig } from '../providers/llm/llm-config.ts';
import { noKey } from '../providers/llm/openai/endpoints.ts';
import { createLlmClient, type LlmClient } from '../providers/llm/openai/llm-client.ts';
import type { LlmClients } from '../providers/llm/openai/llm-clients.ts';
import { ProviderError } from '../providers/provider-error.ts';
import type { ModelThrottles } from './model-throttle.ts';

/** The models that a workspace may ask: what is known of each, how to call it, and the pace of its calls. */
export type CallableModels = {
  models: ModelRegistry;
  llm: Pick<LlmClient, 'complete' | 'mostTokens'>;
  throttles: ModelThrottles;
};

/**
 * The models of a workspace, its own before the installation's. Cheap: ask for it before each call. What is known may be three seconds old,
 * but nothing is refused on its account: where one of those that are `named` has no price in it, it is read again.
 */
export type ModelsOf = (workspaceId: string, named?: readonly string[]) => Promise<CallableModels>;

/** What the models of workspaces are made of. */
export type ModelsOfDeps = {
  db: Db;
  keys: KeySource;
  config: ModelConfig & { LLM_OWN_HOSTS: readonly string[] };
  installation: { models: ModelRegistry; llm: LlmClients; throttles: ModelThrottles };
};

/** How old what is known of a workspace's models may be: a mended key is used about as soon as it is set. */
const freshMs = 3_000;
/** Workspaces whose models are kept, and clients, each with what it has found out about its model. */
const [keptWorkspaces, keptClients] = [500, 500];

/** Makes the function that finds the models of a workspace. Where the database is away it gives what was known before. */
export function createModelsOf(deps: ModelsOfDeps): ModelsOf {
  const clients = new LRUCache<string, LlmClient>({ max: keptClients });
  const known = new LRUCache<string, { readAt: number; found: Promise<CallableModels> }>({ max: keptWorkspaces });

  async function read(workspaceId: string): Promise<CallableModels> {
    const own = await ownModelsOf(deps, workspaceId);
    return callable(deps, own, (model) => {
      const client = clients.get(model.id) ?? clientOf(model, deps.config);
      clients.set(model.id, client);
      return client;
    });
  }

  /** What was read at this time or later. */
  function readSince(workspaceId: string, since: number): Promise<CallableModels> {
    const before = known.get(workspaceId);
    if (before && before.readAt >= since) return before.found;
    const found = read(workspaceId).catch((error: unknown) => {
      if (before) return before.found;
      known.delete(workspaceId);
      throw error;
    });
    known.set(workspaceId, { readAt: performance.now(), found });
    return found;
  }

  return async (workspaceId, named = []) => {
    const now = performance.now();
    const found = await readSince(workspaceId, now - freshMs);
    return named.every((name) => found.models.priceOf(name) !== null) ? found : readSince(workspaceId, now);
  };
}

/** The client of one model of a workspace for a trial, which knows nothing from before; undefined where it is the installation's. */
export async function ownClientFor(
  deps: Omit<ModelsOfDeps, 'installation'>,
  workspaceId: string,
  name: string,
  watch: NonNullable<LlmConfig['watch']>,
): Promise<{ models: ModelRegistry; client: LlmClient | undefined }> {
  const { registry, byName } = await ownModelsOf(deps, workspaceId);
  const model = byName.get(name);
  return {
    models: registry,
    client: model && clientOf({ ...model, profileOf: registry.profileOf }, deps.config, watch),
  };
}

/** A model of a workspace's own with its key, which is null where it cannot be opened; another id is another address, key or dialect. */
type Own = { id: string; facts: OwnModel; apiKey: string | null };

async function ownModelsOf(
  { db, keys, config }: Omit<ModelsOfDeps, 'installation'>,
  workspaceId: string,
): Promise<{ registry: ModelRegistry; byName: ReadonlyMap<string, Own> }> {
  const masterKeys = await keys();
  const { models, countsUnpriced, apiKeys } = await inWorkspace(db, workspaceId, async (tx) => {
    const found = await findWorkspaceModels(tx, workspaceId);
    const none = new Map<string, string | null>();
    return { ...found, apiKeys: found.models.length === 0 ? none : await openModelKeys(tx, masterKeys, workspaceId) };
  });
  const byName = new Map(
    models.map(({ name, facts }): [string, Own] => {
      const apiKey = apiKeys.get(name) ?? (apiKeys.has(name) ? null : noKey);
      const { price: _, ...called } = facts;
      const about = JSON.stringify([workspaceId, name, called, apiKey]);
      return [name, { id: createHash('sha256').update(about).digest('hex'), facts, apiKey }];
    }),
  );
  const own = { models: new Map(models.map(({ name, facts }) => [name, facts])), countsUnpriced };
  return { registry: createModelRegistry(config, own), byName };
}

function callable(
  { installation }: ModelsOfDeps,
  { registry, byName }: Awaited<ReturnType<typeof ownModelsOf>>,
  clientFor: (model: Callable) => LlmClient,
): CallableModels {
  const { profileOf } = registry;
  if (byName.size === 0) return { ...installation, models: registry };
  const llmOf = (name: string): CallableModels['llm'] => {
    const model = byName.get(name);
    return model ? clientFor({ ...model, profileOf }) : installation.llm;
  };
  return {
    models: registry,
    llm: {
      complete: async (request) => await llmOf(request.model).complete(request),
      mostTokens: (request) => llmOf(request.model).mostTokens(request),
    },
    // A model at another address, or with another key, has nothing of the trouble of the one before.
    throttles: { of: (name) => installation.throttles.of(byName.get(name)?.id ?? name) },
  };
}

type Callable = Own & Pick<ModelRegistry, 'profileOf'>;

function clientOf(
  { facts, apiKey, profileOf }: Callable,
  { LLM_OWN_HOSTS: hosts }: ModelsOfDeps['config'],
  watch: LlmConfig['watch'] = () => undefined,
): LlmClient {
  if (apiKey === null) return lockedClient;
  return createLlmClient({ baseUrl: facts.url, apiKey, hosts: { hosts }, profileOf, watch });
}

/** The client of a model whose key cannot be opened: it answers as one does whose key is refused, so that work waits until it is set again. */
const lockedClient: LlmClient = {
  complete: () => Promise.reject(locked()),
  models: () => Promise.reject(locked()),
  mostTokens: ({ maxOutputTokens }) => maxOutputTokens,
  dialectOf: () => {
    throw locked();
  },
};

function locked(): ProviderError {
  const message = 'The key of the model cannot be opened any more: set it again under Admin, Models.';
  return new ProviderError({ kind: 'misconfigured', code: 'llm.unauthorised', message });
}
