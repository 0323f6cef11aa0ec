import { Trans, useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import type { BatchDetail } from '../../../../../contracts/documents/batches-api.schema.ts';
import { documentsQuery } from '../../../api/batches.ts';
import { List } from '../../../entities/answer/list.tsx';
import { ChoiceChips, FilterLine, FilterText } from '../../../ui/filters.tsx';
import { Cost, Count } from '../../../ui/numbers.tsx';
import { Empty } from '../../../ui/states.tsx';
import { Time } from '../../../ui/time.tsx';
import { DocumentState } from '../document/document-state.tsx';

type Filter = { show: string | undefined; q: string | undefined };

/** The documents of a batch: filtered by where they stand, found by the beginning of their key. */
export function DocumentGrid({
  batch,
  show,
  q,
  onChange,
}: Filter & { batch: BatchDetail; onChange: (filter: Filter) => void }) {
  const { t } = useLingui();
  const { id, progress, rows, endedAt } = batch;
  const choices = [
    { value: 'all', label: t`All`, count: rows },
    { value: 'flagged', label: t`Flagged`, count: progress.flagged },
    // What nobody has decided about by the end was left out.
    ...(endedAt === null ? [{ value: 'undecided', label: t`To review`, count: progress.undecided }] : []),
    { value: 'failed', label: t`Failed`, count: progress.failed },
    { value: 'repaired', label: t`Corrected`, count: progress.repaired },
    { value: 'missing', label: t`Skipped`, count: progress.missing },
    { value: 'delivered', label: t`Rendered`, count: progress.rendered },
  ];
  return (
    <>
      <FilterLine
        end={
          <FilterText
            label={t`Beginning of a key`}
            value={q ?? ''}
            onChange={(value) => onChange({ show, q: value || undefined })}
          />
        }
      >
        <ChoiceChips
          label={t`Which documents`}
          choices={choices}
          value={show ?? 'all'}
          onChange={(value) => onChange({ q, show: value === 'all' ? undefined : value })}
        />
      </FilterLine>
      <List
        label={t`Documents`}
        query={documentsQuery(id, { show, q })}
        keyOf={(document) => document.id}
        total={q ? undefined : (choices.find(({ value }) => value === (show ?? 'all'))?.count ?? rows)}
        columns={[
          {
            id: 'key',
            header: t`Document`,
            width: 'minmax(130px, 1fr)',
            cell: (document) => (
              <Link to="/documents/$id" params={{ id: document.id }} className="mono">
                {document.key}
              </Link>
            ),
          },
          {
            id: 'recipient',
            header: t`To`,
            width: 'minmax(110px, 1fr)',
            cell: ({ recipient }) => recipient ?? <span className="text3">–</span>,
          },
          {
            id: 'line',
            header: t`Line`,
            width: '64px',
            align: 'end',
            isWideOnly: true,
            cell: ({ line }) => <Count value={line} />,
          },
          { id: 'state', header: t`State`, width: '132px', cell: (document) => <DocumentState document={document} /> },
          {
            id: 'finding',
            header: t`Worst finding`,
            width: 'minmax(160px, 2fr)',
            cell: ({ findings, error }) =>
              error ? (
                <span className="red">{error.message}</span>
              ) : (
                ((findings.find(({ severity }) => severity === 'error') ?? findings[0])?.message ?? (
                  <span className="text3">–</span>
                ))
              ),
          },
          {
            id: 'words',
            header: t`Words`,
            width: '64px',
            align: 'end',
            isWideOnly: true,
            cell: ({ words }) => (words === null ? '–' : <Count value={words} />),
          },
          {
            id: 'cost',
            header: t`Cost`,
            width: '84px',
            align: 'end',
            isWideOnly: true,
            cell: ({ costMicros }) => (costMicros === 0 ? '–' : <Cost micros={costMicros} />),
          },
          {
            id: 'changed',
            header: t`Changed`,
            width: '84px',
            align: 'end',
            isWideOnly: true,
            cell: ({ updatedAt }) => (updatedAt ? <Time at={updatedAt} /> : '–'),
          },
        ]}
        empty={
          <Empty title={show || q ? <Trans>No document fits these filters</Trans> : <Trans>No documents yet</Trans>}>
            {!show && !q && <Trans>They appear as soon as the rows are read.</Trans>}
          </Empty>
        }
      />
    </>
  );
}
