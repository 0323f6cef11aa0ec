import type { LlmPrice } from '../../contracts/core/providers.ts';
import { noPriceHint, type ModelRegistry } from '../../platform/models/model-registry.ts';
import { ProviderError } from '../providers/provider-error.ts';

/** The price of a model, to be asked for before any call is made. @throws ProviderError `rejected` where it has none */
export function requirePrice(models: ModelRegistry, model: string): LlmPrice {
  const price = models.priceOf(model);
  if (price !== null) return price;
  const message = `The model ${model} has no price. ${noPriceHint}`;
  throw new ProviderError({ kind: 'rejected', code: 'llm.no_price', message });
}
