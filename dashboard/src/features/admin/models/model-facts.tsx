import { Trans, useLingui } from '@lingui/react/macro';
import type { Model } from '../../../../../contracts/models/models-api.schema.ts';
import { Cost, Count } from '../../../ui/numbers.tsx';
import { Facts } from '../../../ui/panel.tsx';
import { Time } from '../../../ui/time.tsx';
import { ModelPrice } from './model-price.tsx';
import { sourceWords, vendorNames } from './model-words.ts';

/** What is known of a model; of its key the last characters alone. */
export function ModelFacts({ model }: { model: Model }) {
  const { i18n } = useLingui();
  const { source, at, own, price, pricedAt, contextTokens, outputTokens } = model;
  const set = own && { at: <Time at={own.setAt} />, by: own.setBy };
  return (
    <Facts
      facts={[
        { key: 'source', name: <Trans>Comes from</Trans>, value: i18n._(sourceWords[source]) },
        {
          key: 'at',
          name: <Trans>Asked at</Trans>,
          value: own ? (
            <code className="mono">{own.facts.url}</code>
          ) : at === 'installation' ? (
            <Trans>The installation’s service</Trans>
          ) : (
            (vendorNames[at] ?? at)
          ),
        },
        { key: 'price', name: <Trans>Price in · out</Trans>, value: <ModelPrice model={model} /> },
        {
          key: 'cached',
          name: <Trans>Cached prompt</Trans>,
          value: price && <Cost micros={price.cachedInput * 1_000_000} />,
        },
        { key: 'date', name: <Trans>Price as of</Trans>, value: pricedAt },
        { key: 'context', name: <Trans>Context</Trans>, value: contextTokens && <Count value={contextTokens} /> },
        { key: 'answer', name: <Trans>Longest answer</Trans>, value: outputTokens && <Count value={outputTokens} /> },
        {
          key: 'key',
          name: <Trans>Key</Trans>,
          value:
            own && (own.keyEndsWith === null ? <Trans>None</Trans> : <code className="mono">••{own.keyEndsWith}</code>),
        },
        {
          key: 'set',
          name: <Trans>Set</Trans>,
          value:
            set &&
            (set.by === null ? (
              set.at
            ) : (
              <Trans>
                {set.at} by {set.by}
              </Trans>
            )),
        },
      ]}
    />
  );
}
