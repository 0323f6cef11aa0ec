import type { z } from 'zod';
import type { LlmPrice } from '../../contracts/core/providers.ts';
import type { ModelEntry } from '../../contracts/models/model.schema.ts';
import { defaultModels } from './default-models.ts';
import type { modelSettings } from './settings.ts';

/** What is known of the models of an installation: its settings first, then the defaults. */
export type ModelRegistry = {
  /** The price of a model; null where it has none and work for it is refused. Where tokens alone are counted it is 0. */
  priceOf(model: string): LlmPrice | null;
};

/** What to do about a model without a price, for whom it may concern. */
export const noPriceHint =
  'Give it a price in LLM_MODELS ("free" for a server of your own), or set LLM_UNPRICED=count to count tokens only.';

/**
 * What the local stub's models would cost: invented, in the range of a small and a large model of 2026, so that estimates
 * and budgets of a demo look like real ones.
 */
const stubs = ['stub-small 150000 75000 600000', 'stub-large 2500000 1250000 10000000'];
const defaults = new Map(
  [...stubs, ...defaultModels.trim().split('\n')].map((line) => {
    const [name = '', ...micros] = line.split(' ');
    const [inputMicros = 0, cachedInputMicros = 0, outputMicros = 0] = micros.map(Number);
    return [name, { inputMicros, cachedInputMicros, outputMicros }] as const;
  }),
);
const free: LlmPrice = { inputMicros: 0, cachedInputMicros: 0, outputMicros: 0 };

/** The models of an installation. */
export function createModelRegistry(
  settings: Pick<z.infer<z.ZodObject<typeof modelSettings>>, 'LLM_MODELS' | 'LLM_UNPRICED'>,
): ModelRegistry {
  return {
    priceOf(model) {
      const own = Object.hasOwn(settings.LLM_MODELS, model) ? settings.LLM_MODELS[model] : undefined;
      return priceIn(own, model) ?? (settings.LLM_UNPRICED === 'count' ? free : null);
    },
  };
}

function priceIn(own: ModelEntry | undefined, model: string): LlmPrice | null {
  if (own?.price === 'free') return free;
  if (own?.price === 'unknown') return null;
  if (own) {
    const { input, cachedInput = input, output } = own.price;
    return { inputMicros: inMicros(input), cachedInputMicros: inMicros(cachedInput), outputMicros: inMicros(output) };
  }
  return defaults.get(model) ?? null;
}

function inMicros(dollars: number): number {
  return Math.round(dollars * 1_000_000);
}
