import type { z } from 'zod';
import type { LlmPrice } from '../../contracts/core/providers.ts';
import type { ModelEntry } from '../../contracts/models/model.schema.ts';
import type { ModelSource, OwnModel } from '../../contracts/models/models-api.schema.ts';
import { vendors, type ModelEndpoint, type ModelProfile, type Vendor } from '../../contracts/models/profile.ts';
import { defaultModels, defaultModelsAt } from './default-models.ts';
import { localServerAt, type LocalServer } from './local-servers.ts';
import type { modelSettings } from './settings.ts';

/**
 * One model that is known, and where its price comes from; `date` is the day of the price, null where it has none. `server` is what answers
 * for it where that is free by its address.
 */
export type KnownModel = {
  name: string;
  source: ModelSource;
  price: LlmPrice | null;
  date: string | null;
  server: LocalServer | null;
};

/** What is known of the models of a workspace: its own first, then the settings, then the defaults. */
export type ModelRegistry = {
  /** The price of a model; null where it has none and work for it is refused. Where tokens alone are counted it is 0. */
  priceOf(model: string): LlmPrice | null;
  /** What is known of a model but its price, also of one that stands nowhere. */
  profileOf(model: string): ModelProfile;
  /** All models of its own, then those that the settings name, then those that ship beside them. */
  list(): KnownModel[];
};

/** What to do about a model without a price, for whom it may concern. */
export const noPriceHint =
  'Give it a price in LLM_MODELS ("free" for a server of your own), or set LLM_UNPRICED=count to count tokens only; for models of the workspace’s own both is under Admin, Models.';

/**
 * What the local stub's models would cost: invented, in the range of a small and a large model of 2026, so that estimates
 * and budgets of a demo look like real ones.
 */
const stubs = ['stub-small stub 150000 75000 600000 0 0', 'stub-large stub 2500000 1250000 10000000 0 0'];

/** What ships of a model. */
type Default = {
  vendor: Vendor | null;
  price: LlmPrice;
  contextTokens: number | null;
  outputTokens: number | null;
  thinks: boolean;
};

const defaults = new Map(
  [...stubs, ...defaultModels.trim().split('\n')].map((line): [string, Default] => {
    const [name = '', vendor, ...rest] = line.split(' ');
    const [inputMicros = 0, cachedInputMicros = 0, outputMicros = 0, context, output] = rest.slice(0, 5).map(Number);
    return [
      name,
      {
        vendor: vendors.find((each) => each === vendor) ?? null,
        price: { inputMicros, cachedInputMicros, outputMicros },
        contextTokens: context || null,
        outputTokens: output || null,
        thinks: rest[5] === 'thinks',
      },
    ];
  }),
);
const free: LlmPrice = { inputMicros: 0, cachedInputMicros: 0, outputMicros: 0 };

/**
 * Room for the thoughts of a model that thinks, in tokens: three times the most that the reports of models which were cut off while they
 * thought speak of (langchain#32477).
 */
export const usualThinkingTokens = 4_096;

type ModelSettings = z.infer<z.ZodObject<typeof modelSettings>>;
/** What the settings say of models. */
export type ModelConfig = Pick<ModelSettings, 'LLM_MODELS' | 'LLM_UNPRICED'> &
  Partial<Pick<ModelSettings, 'OPENAI_BASE_URL' | 'LLM_MODEL'>>;

/** Models of a workspace's own by their names, and whether those of them without a price may be asked. */
export type OwnModels = { models: ReadonlyMap<string, OwnModel>; countsUnpriced: boolean };

/**
 * The models of an installation, or of a workspace with some of its own. Each place that names a model says all of it: nothing of the next
 * place is mixed in but what ships.
 */
export function createModelRegistry(
  settings: ModelConfig,
  own: OwnModels = { models: new Map(), countsUnpriced: false },
): ModelRegistry {
  const set = new Map<string, ModelEntry>([...Object.entries(settings.LLM_MODELS), ...own.models]);
  const usual = settings.LLM_MODEL === undefined ? [] : [settings.LLM_MODEL];
  const entryOf = (name: string): ModelEntry => set.get(name) ?? {};
  const sourceOf = (name: string): ModelSource =>
    own.models.has(name) ? 'workspace' : set.has(name) || !defaults.has(name) ? 'settings' : 'shipped';
  const isCounted = (name: string): boolean =>
    own.models.has(name) ? own.countsUnpriced : settings.LLM_UNPRICED === 'count';
  // Of a model that is said to have no price nothing is guessed.
  const serverOf = (name: string): LocalServer | null => {
    const { price, url = settings.OPENAI_BASE_URL } = entryOf(name);
    return price === undefined && url !== undefined ? localServerAt(url) : null;
  };
  const known = (name: string): KnownModel => {
    const entry = entryOf(name);
    const sold = priceIn(entry, name);
    const server = sold === null ? serverOf(name) : null;
    const given = typeof entry.price === 'object' ? entry.price.date : null;
    const date = entry.price === undefined && sold !== null ? defaultModelsAt : given;
    return { name, source: sourceOf(name), price: server === null ? sold : free, date, server };
  };
  return {
    priceOf: (name) => priceIn(entryOf(name), name) ?? (serverOf(name) !== null || isCounted(name) ? free : null),
    profileOf: (name) => profileIn(entryOf(name), name),
    list: () => [...new Set([...own.models.keys(), ...set.keys(), ...usual, ...defaults.keys()])].map(known),
  };
}

function priceIn({ price, model }: ModelEntry, name: string): LlmPrice | null {
  if (price === 'free') return free;
  if (price === 'unknown') return null;
  if (price === undefined) return defaults.get(model ?? name)?.price ?? null;
  const { input, cachedInput = input, output } = price;
  return { inputMicros: inMicros(input), cachedInputMicros: inMicros(cachedInput), outputMicros: inMicros(output) };
}

function profileIn(entry: ModelEntry, name: string): ModelProfile {
  const { model = name, context, maxOutput, thinking, effort, output, limit, params } = entry;
  const { vendor = null, contextTokens, outputTokens, thinks } = defaults.get(model) ?? {};
  return {
    model,
    endpoint: ownEndpoint(entry) ?? (vendor === null ? null : { kind: 'vendor', vendor }),
    contextTokens: context ?? contextTokens ?? null,
    outputTokens: maxOutput ?? outputTokens ?? null,
    thinkingTokens: thinking ?? (thinks === true ? usualThinkingTokens : 0),
    output: output ?? null,
    limit: limit ?? null,
    params: { ...(effort === undefined ? {} : { reasoning_effort: effort }), ...params },
  };
}

function ownEndpoint({ url, keyEnv, keyFile }: ModelEntry): ModelEndpoint | null {
  if (url === undefined) return null;
  if (keyEnv !== undefined) return { kind: 'own', url, key: { env: keyEnv } };
  return { kind: 'own', url, key: keyFile === undefined ? null : { file: keyFile } };
}

function inMicros(dollars: number): number {
  return Math.round(dollars * 1_000_000);
}
