import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { batchesQuery } from '../../api/batches.ts';
import { useCan } from '../../api/session.ts';
import { List } from '../../entities/answer/list.tsx';
import { BatchState } from '../../entities/batch/batch-state.tsx';
import { DocumentBar } from '../../entities/batch/document-bar.tsx';
import classes from '../../features/documents/batches.module.css';
import { Page } from '../../frame/page.tsx';
import { ChoiceChips, FilterLine } from '../../ui/filters.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Cost, Count } from '../../ui/numbers.tsx';
import { Empty } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';

/** How far, how good, how much, how long. */
export function BatchesPage() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const mayMake = useCan('batches:write');
  const { state } = useSearch({ from: '/frame/batches' });
  const shown = state === 'live' || state === 'ended' ? state : undefined;
  const make = mayMake && (
    <Button
      variant="filled"
      leftSection={<Icon name="plus" size={14} />}
      onClick={() => void navigate({ to: '/batches/new' })}
    >
      <Trans>New batch</Trans>
    </Button>
  );
  return (
    <Page name={t`Batches`} actions={make}>
      <FilterLine>
        <ChoiceChips
          label={t`Which batches`}
          choices={[
            { value: 'all', label: t`All` },
            { value: 'live', label: t`Under way` },
            { value: 'ended', label: t`Ended` },
          ]}
          value={shown ?? 'all'}
          onChange={(value) =>
            void navigate({ to: '/batches', search: value === 'all' ? {} : { state: value }, replace: true })
          }
        />
      </FilterLine>
      <List
        label={t`Batches`}
        query={batchesQuery(shown)}
        keyOf={({ id }) => id}
        columns={[
          {
            id: 'name',
            header: t`Name`,
            width: 'minmax(160px, 1.2fr)',
            cell: ({ id, name }) => (
              <Link to="/batches/$id" params={{ id }} className="medium">
                {name}
              </Link>
            ),
          },
          { id: 'state', header: t`State`, width: '168px', cell: (batch) => <BatchState batch={batch} /> },
          {
            id: 'progress',
            header: t`Documents`,
            width: 'minmax(180px, 2fr)',
            cell: (batch) =>
              batch.rows === 0 ? (
                <span className="text3">–</span>
              ) : (
                <div className={classes.listed}>
                  <DocumentBar batch={batch} isShort />
                </div>
              ),
          },
          {
            id: 'rows',
            header: t`Rows`,
            width: '72px',
            align: 'end',
            isWideOnly: true,
            cell: ({ rows }) => <Count value={rows} />,
          },
          {
            id: 'spend',
            header: t`Spent`,
            width: '148px',
            align: 'end',
            cell: ({ spentMicros, budgetMicros }) => (
              <>
                <Cost micros={spentMicros} />{' '}
                <span className="text3">
                  <Trans>
                    of <Cost micros={budgetMicros} />
                  </Trans>
                </span>
              </>
            ),
          },
          {
            id: 'made',
            header: t`Made`,
            width: '92px',
            align: 'end',
            cell: ({ createdAt }) => <Time at={createdAt} />,
          },
        ]}
        empty={
          shown ? (
            <Empty
              title={shown === 'live' ? <Trans>No batch is under way</Trans> : <Trans>No batch has ended</Trans>}
              actions={
                <Link to="/batches" search={{}} className="link">
                  <Trans>Show all batches</Trans>
                </Link>
              }
            />
          ) : (
            <Empty title={<Trans>No batches yet</Trans>} actions={make}>
              <Trans>
                A CSV, a brief and a template become a ZIP of checked letters. Nothing is spent before you approve the
                estimate.
              </Trans>
            </Empty>
          )
        }
      />
    </Page>
  );
}
