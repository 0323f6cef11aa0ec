import { llmCostMicros, type LlmPrice, type LlmUsage } from '../../../contracts/core/providers.ts';
import { ProviderError } from '../provider-error.ts';

/** Prices by model id. */
export type LlmPriceTable = Readonly<Record<string, LlmPrice>>;

/**
 * What the local stub's models would cost: invented, in the range of a small and a large model of 2026, so that estimates
 * and budgets of a demo look like real ones. Prices of real models are settings: they change too often to be in code.
 */
export const stubPrices: LlmPriceTable = {
  'stub-small': { inputMicros: 150_000, cachedInputMicros: 75_000, outputMicros: 600_000 },
  'stub-large': { inputMicros: 2_500_000, cachedInputMicros: 1_250_000, outputMicros: 10_000_000 },
};

/** What a call cost by the table, in micros. @throws ProviderError `misconfigured` if the model has no price */
export function costOf(usage: Omit<LlmUsage, 'isEstimated'>, model: string, prices: LlmPriceTable): number {
  const price = prices[model];
  if (price === undefined) {
    throw new ProviderError({
      kind: 'misconfigured',
      code: 'llm.no_price',
      message: `The model ${model} has no price.`,
    });
  }
  return llmCostMicros(usage, price);
}
