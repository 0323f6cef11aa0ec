import type { z } from 'zod';
import type { LlmPrice } from '../../contracts/core/providers.ts';
import type { ModelEntry } from '../../contracts/models/model.schema.ts';
import type { ModelProfile } from '../../contracts/models/profile.ts';
import { defaultModels } from './default-models.ts';
import type { modelSettings } from './settings.ts';

/** What is known of the models of an installation: its settings first, then the defaults. */
export type ModelRegistry = {
  /** The price of a model; null where it has none and work for it is refused. Where tokens alone are counted it is 0. */
  priceOf(model: string): LlmPrice | null;
  /** What is known of a model but its price, also of one that stands nowhere. */
  profileOf(model: string): ModelProfile;
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
type Default = { price: LlmPrice; contextTokens: number | null; outputTokens: number | null; thinks: boolean };

const defaults = new Map(
  [...stubs, ...defaultModels.trim().split('\n')].map((line): [string, Default] => {
    const [name = '', , ...rest] = line.split(' ');
    const [inputMicros = 0, cachedInputMicros = 0, outputMicros = 0, context, output] = rest.slice(0, 5).map(Number);
    return [
      name,
      {
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
  const entryOf = (model: string): ModelEntry | undefined =>
    Object.hasOwn(settings.LLM_MODELS, model) ? settings.LLM_MODELS[model] : undefined;
  return {
    priceOf: (model) => priceIn(entryOf(model), model) ?? (settings.LLM_UNPRICED === 'count' ? free : null),
    profileOf: (model) => profileIn(entryOf(model), model),
  };
}

function priceIn(own: ModelEntry | undefined, model: string): LlmPrice | null {
  if (own?.price === 'free') return free;
  if (own?.price === 'unknown') return null;
  if (own) {
    const { input, cachedInput = input, output } = own.price;
    return { inputMicros: inMicros(input), cachedInputMicros: inMicros(cachedInput), outputMicros: inMicros(output) };
  }
  return defaults.get(model)?.price ?? null;
}

function profileIn(own: Partial<ModelEntry> = {}, model: string): ModelProfile {
  const { context, maxOutput, thinking, effort, output, limit, params } = own;
  const { contextTokens, outputTokens, thinks } = defaults.get(model) ?? {};
  return {
    model,
    contextTokens: context ?? contextTokens ?? null,
    outputTokens: maxOutput ?? outputTokens ?? null,
    thinkingTokens: thinking ?? (thinks === true ? usualThinkingTokens : 0),
    output: output ?? null,
    limit: limit ?? null,
    params: { ...(effort === undefined ? {} : { reasoning_effort: effort }), ...params },
  };
}

function inMicros(dollars: number): number {
  return Math.round(dollars * 1_000_000);
}
