import { Trans } from '@lingui/react/macro';
import type { Model } from '../../../../../contracts/models/models-api.schema.ts';
import { Cost } from '../../../ui/numbers.tsx';

/** What a million tokens cost, of prompt and answer; or what stands for it. */
export function ModelPrice({ model: { price, isUsable } }: { model: Pick<Model, 'price' | 'isUsable'> }) {
  if (price === null) return isUsable ? <Trans>Tokens are counted</Trans> : <Trans>No price</Trans>;
  if (price.input === 0 && price.output === 0) return <Trans>Free</Trans>;
  return (
    <>
      <Cost micros={price.input * 1_000_000} /> · <Cost micros={price.output * 1_000_000} />
    </>
  );
}
