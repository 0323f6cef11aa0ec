import { Inject, Injectable } from '@nestjs/common';
import type { LlmPrice } from '../../contracts/core/providers.ts';
import type {
  Model,
  ModelChange,
  ModelPolicy,
  Models,
  ModelTrial,
  OwnModel,
} from '../../contracts/models/models-api.schema.ts';
import { askTrial, findTrials, type TrialRow } from '../../platform/db/models/model-trials.ts';
import {
  findWorkspaceModels,
  holdModel,
  removeWorkspaceModel,
  setModelPolicy,
  setWorkspaceModel,
  type WorkspaceModel,
} from '../../platform/db/models/workspace-models.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import type { KeySource } from '../../platform/db/keys/master-keys.ts';
import { createModelRegistry, type ModelRegistry } from '../../platform/models/model-registry.ts';
import { ownAddressFault } from '../../platform/models/own-address.ts';
import type { ApiConfig } from '../settings.ts';
import { auditActor, type Principal, requirePerson } from '../http/caller/principal.ts';
import { invalid, notFound } from '../http/errors/app-error.ts';
import { CONFIG, KEYS } from '../http/parts.ts';
import { Store } from '../http/store.ts';

/** Models of one workspace: far more than anybody names, few enough to be read before each call. */
const mostOwn = 200;

/** Shows, sets and tries the language models of a workspace. Only people do: a key could send its prompts to a service of its own. */
@Injectable()
export class ModelsService {
  constructor(
    private readonly store: Store,
    @Inject(KEYS) private readonly keys: KeySource,
    @Inject(CONFIG) private readonly config: ApiConfig,
  ) {}

  async list(caller: Principal): Promise<Models> {
    return this.store.inWorkspace(caller, (tx) => this.models(tx, caller));
  }

  async put(caller: Principal, name: string, { apiKey, ...facts }: ModelChange): Promise<Model> {
    requirePerson(caller);
    const fault = ownAddressFault(facts.url, { hosts: this.config.LLM_OWN_HOSTS });
    if (fault !== null) throw refused('url', 'model.address', fault);
    const keys = await this.keys();
    return this.store.inWorkspace(caller, async (tx) => {
      await holdModel(tx, { workspaceId: caller.workspaceId, name });
      const { models } = await findWorkspaceModels(tx, caller.workspaceId);
      const before = models.find((model) => model.name === name);
      if (!before && models.length >= mostOwn)
        throw refused('name', 'models.tooMany', `a workspace has at most ${mostOwn} models of its own`);
      if (before && before.keyEndsWith !== null && apiKey === undefined && originOf(before.facts) !== originOf(facts))
        throw refused(
          'apiKey',
          'model.keyNeeded',
          'the stored key stays with its host: give the key of the new one, or null',
        );
      await setWorkspaceModel(tx, keys, { ...auditActor(caller), name, facts, apiKey });
      return found(await this.models(tx, caller), name);
    });
  }

  async remove(caller: Principal, name: string): Promise<void> {
    requirePerson(caller);
    const change = { ...auditActor(caller), name };
    if (!(await this.store.inWorkspace(caller, (tx) => removeWorkspaceModel(tx, change)))) throw notFound('model');
  }

  async test(caller: Principal, name: string): Promise<ModelTrial> {
    requirePerson(caller);
    return this.store.inWorkspace(caller, async (tx) => {
      found(await this.models(tx, caller), name);
      return trialOf(await askTrial(tx, caller.workspaceId, name));
    });
  }

  async trial(caller: Principal, name: string): Promise<ModelTrial> {
    const [trial] = await this.store.inWorkspace(caller, (tx) => findTrials(tx, caller.workspaceId, name));
    if (!trial) throw notFound('modelTrial');
    return trialOf(trial);
  }

  async setPolicy(caller: Principal, policy: ModelPolicy): Promise<ModelPolicy> {
    requirePerson(caller);
    await this.store.inWorkspace(caller, (tx) => setModelPolicy(tx, { ...auditActor(caller), ...policy }));
    return policy;
  }

  private async models(tx: Tx, { workspaceId }: Principal): Promise<Models> {
    const { models, countsUnpriced } = await findWorkspaceModels(tx, workspaceId);
    const trials = new Map((await findTrials(tx, workspaceId)).map((row) => [row.model, trialOf(row)]));
    const own = new Map(models.map((model) => [model.name, model]));
    const facts = new Map(models.map((model) => [model.name, model.facts]));
    const registry = createModelRegistry(this.config, { models: facts, countsUnpriced });
    const items = registry
      .list()
      .map((known) => modelOf(registry, known, own.get(known.name) ?? null, trials.get(known.name) ?? null));
    return { items, usual: this.config.LLM_MODEL, policy: { countsUnpriced } };
  }
}

function modelOf(
  registry: ModelRegistry,
  { name, source, price, date, server }: ReturnType<ModelRegistry['list']>[number],
  own: WorkspaceModel | null,
  trial: ModelTrial | null,
): Model {
  const { endpoint, contextTokens, outputTokens } = registry.profileOf(name);
  return {
    name,
    source,
    price: price && dollarsOf(price),
    pricedAt: date,
    isUsable: registry.priceOf(name) !== null,
    // Where the operator has models of the settings is theirs to know.
    at: own ? hostOf(own.facts) : endpoint?.kind === 'vendor' ? endpoint.vendor : (server ?? 'installation'),
    contextTokens,
    outputTokens,
    own: own && { facts: own.facts, keyEndsWith: own.keyEndsWith, setAt: own.setAt.toISOString(), setBy: own.setBy },
    trial,
  };
}

function dollarsOf({ inputMicros, cachedInputMicros, outputMicros }: LlmPrice): NonNullable<Model['price']> {
  return {
    input: inputMicros / 1_000_000,
    cachedInput: cachedInputMicros / 1_000_000,
    output: outputMicros / 1_000_000,
  };
}

function trialOf({ asked_at, ended_at, is_usable, lines }: TrialRow): ModelTrial {
  return {
    askedAt: asked_at.toISOString(),
    endedAt: ended_at?.toISOString() ?? null,
    isUsable: is_usable,
    lines,
  };
}

function found({ items }: Models, name: string): Model {
  const model = items.find((item) => item.name === name);
  if (!model) throw notFound('model');
  return model;
}

function hostOf({ url }: OwnModel): string {
  return new URL(url).host;
}

function originOf({ url }: OwnModel): string {
  return new URL(url).origin;
}

function refused(path: string, code: string, message: string): Error {
  return invalid('model.invalid', [{ path, code, message }]);
}
