import { Trans, useLingui } from '@lingui/react/macro';
import { Button, NativeSelect } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { auditQuery, verifyAudit } from '../../api/audit.ts';
import { Refusal } from '../../entities/answer/failed.tsx';
import { List } from '../../entities/answer/list.tsx';
import { Act, Actor, actWords, Subject } from '../../entities/audit/audit-words.tsx';
import { Chip } from '../../ui/chip.tsx';
import { FilterLine } from '../../ui/filters.tsx';
import { Count } from '../../ui/numbers.tsx';
import { Empty } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';

/** Who did what. Entries are chained: a changed or missing one shows. */
export function AuditTab() {
  const { t, i18n } = useLingui();
  const navigate = useNavigate();
  const { act } = useSearch({ from: '/frame/admin' });
  const verify = useMutation({ mutationFn: () => verifyAudit() });
  return (
    <>
      <FilterLine
        end={
          <>
            {verify.data && (
              <Chip tone={verify.data.isIntact ? 'done' : 'failed'}>
                {verify.data.isIntact ? (
                  <Trans>
                    Whole: <Count value={verify.data.sealed} /> entries
                  </Trans>
                ) : (
                  <Trans>Broken at {verify.data.brokenAt}</Trans>
                )}
              </Chip>
            )}
            <Button loading={verify.isPending} onClick={() => verify.mutate()}>
              <Trans>Check the chain</Trans>
            </Button>
          </>
        }
      >
        <NativeSelect
          size="xs"
          aria-label={t`What was done`}
          value={act ?? ''}
          onChange={({ currentTarget: { value } }) =>
            void navigate({ to: '/admin', search: { tab: 'audit', ...(value ? { act: value } : {}) }, replace: true })
          }
          data={[
            { value: '', label: t`Everything` },
            ...Object.entries(actWords)
              .map(([value, words]) => ({ value, label: i18n._(words) }))
              .toSorted((a, b) => a.label.localeCompare(b.label)),
          ]}
        />
      </FilterLine>
      <Refusal error={verify.error} />
      <List
        label={t`Audit log`}
        query={auditQuery(act)}
        opens={false}
        keyOf={({ id }) => id}
        columns={[
          { id: 'act', header: t`What`, width: 'minmax(140px, 220px)', cell: (entry) => <Act of={entry.act} /> },
          { id: 'who', header: t`Who`, width: 'minmax(120px, 180px)', cell: ({ actor }) => <Actor actor={actor} /> },
          {
            id: 'subject',
            header: t`On`,
            width: 'minmax(140px, 1.4fr)',
            cell: (entry) => <Subject entry={entry} />,
          },
          {
            id: 'why',
            header: t`Why, or what`,
            width: 'minmax(120px, 1.4fr)',
            cell: ({ detail }) => <span className="text2">{wordsOf(detail)}</span>,
          },
          { id: 'at', header: t`When`, width: '96px', align: 'end', cell: ({ at }) => <Time at={at} /> },
        ]}
        empty={
          <Empty title={act ? <Trans>Nothing of this kind</Trans> : <Trans>Nothing yet</Trans>}>
            <Trans>What people do here is kept: decisions, publications, pauses, changed members.</Trans>
          </Empty>
        }
      />
    </>
  );
}

function wordsOf(detail: Readonly<Record<string, unknown>>): string {
  const { reason, outcome, version, decision, fields } = detail;
  const names = Array.isArray(fields) ? fields.join(', ') : undefined;
  return [reason, outcome, decision, typeof version === 'number' ? `v${version}` : undefined, names]
    .filter((part): part is string => typeof part === 'string')
    .join(', ');
}
