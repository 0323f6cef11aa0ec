import type { z } from 'zod';
import type { LlmPrice } from '../../contracts/core/providers.ts';
import type { ModelEntry } from '../../contracts/models/model.schema.ts';
import { vendors, type ModelEndpoint, type ModelProfile, type Vendor } from '../../contracts/models/profile.ts';
import { defaultModels, defaultModelsAt } from './default-models.ts';
import type { modelSettings } from './settings.ts';

/** One model that is known, and where its price comes from; `date` is the day of the price, null where it has none. */
export type KnownModel = { name: string; source: 'settings' | 'shipped'; price: LlmPrice | null; date: string | null };

/** What is known of the models of an installation: its settings first, then the defaults. */
export type ModelRegistry = {
  /** The price of a model; null where it has none and work for it is refused. Where tokens alone are counted it is 0. */
  priceOf(model: string): LlmPrice | null;
  /** What is known of a model but its price, also of one that stands nowhere. */
  profileOf(model: string): ModelProfile;
  /** All models that the settings name, then those that ship beside them. */
  list(): KnownModel[];
};

/** What to do about a model without a price, for whom it may concern. */
export const noPriceHint =
  'Give it a price in LLM_MODELS ("free" for a server of your own), or set LLM_UNPRICED=count to count tokens only.';

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

/** The models of an installation. */
export function createModelRegistry(
  settings: Pick<z.infer<z.ZodObject<typeof modelSettings>>, 'LLM_MODELS' | 'LLM_UNPRICED'>,
): ModelRegistry {
  const own = settings.LLM_MODELS;
  const entryOf = (name: string): ModelEntry => (Object.hasOwn(own, name) ? own[name] : undefined) ?? {};
  const known = (name: string): KnownModel => {
    const entry = entryOf(name);
    const price = priceIn(entry, name);
    const given = typeof entry.price === 'object' ? entry.price.date : null;
    const date = entry.price === undefined && price !== null ? defaultModelsAt : given;
    return { name, source: Object.hasOwn(own, name) ? 'settings' : 'shipped', price, date };
  };
  return {
    priceOf: (name) => priceIn(entryOf(name), name) ?? (settings.LLM_UNPRICED === 'count' ? free : null),
    profileOf: (name) => profileIn(entryOf(name), name),
    list: () => [...new Set([...Object.keys(own), ...defaults.keys()])].map(known),
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
