import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useMemo } from 'react';
import type { Model } from '../../../../../contracts/models/models-api.schema.ts';
import { Chip } from '../../../ui/chip.tsx';
import type { Column } from '../../../ui/table/column.ts';
import { ModelPrice } from './model-price.tsx';
import { TrialState } from './model-trial.tsx';
import { vendorNames } from './model-words.ts';

/** The columns of the list of models; `onOpen` gets the name of the one to look at. */
export function useModelColumns(onOpen: (name: string) => void): readonly Column<Model>[] {
  const { t } = useLingui();
  return useMemo(
    () => [
      {
        id: 'name',
        header: t`Name`,
        width: 'minmax(180px, 1.4fr)',
        cell: ({ name, source }) => (
          <>
            <span className="medium">{name}</span>{' '}
            {source === 'workspace' && (
              <Chip tone="running" icon="person">
                <Trans>Your own</Trans>
              </Chip>
            )}
          </>
        ),
      },
      {
        id: 'at',
        header: t`Asked at`,
        width: 'minmax(120px, 1fr)',
        cell: ({ at }) => (at === 'installation' ? <Trans>The installation’s service</Trans> : (vendorNames[at] ?? at)),
      },
      {
        id: 'price',
        header: t`Per million tokens in · out`,
        width: '190px',
        cell: (model) => <ModelPrice model={model} />,
      },
      {
        id: 'pricedAt',
        header: t`As of`,
        width: '100px',
        isWideOnly: true,
        cell: ({ pricedAt }) => <span className="num">{pricedAt}</span>,
      },
      { id: 'trial', header: t`Last trial`, width: '140px', cell: ({ trial }) => <TrialState trial={trial} /> },
      {
        id: 'open',
        header: <span className="hidden">{t`What can be done`}</span>,
        width: '72px',
        align: 'end',
        cell: ({ name }) => (
          <Button size="compact-sm" onClick={() => onOpen(name)} aria-label={t`Look at ${name}`}>
            <Trans>Look</Trans>
          </Button>
        ),
      },
    ],
    [t, onOpen],
  );
}
