import type { I18n, MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, NativeSelect } from '@mantine/core';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { AuditEntry } from '../../../../contracts/access/audit-api.schema.ts';
import { membersQuery } from '../../api/access.ts';
import { auditFile, auditQuery, verifyAudit } from '../../api/admin/audit.ts';
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
  const search = useSearch({ from: '/frame/admin' });
  const { act, who, days } = search;
  const members = useInfiniteQuery(membersQuery);
  const narrow = (part: Partial<typeof search>): void => {
    const next = Object.entries({ ...search, tab: 'audit', ...part }).filter(([, value]) => value !== '');
    void navigate({ to: '/admin', search: Object.fromEntries(next), replace: true });
  };
  // Of the day, so that the list is not asked for anew with each look at the clock.
  const [openedAt] = useState(Date.now);
  const since = days ? new Date(openedAt - Number(days) * 86_400_000).toISOString() : undefined;
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
            <Button component="a" href={auditFile({ act, actorId: who, since })} download>
              <Trans>Download as CSV</Trans>
            </Button>
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
          onChange={(event) => narrow({ act: event.currentTarget.value })}
          data={[
            { value: '', label: t`Everything` },
            ...Object.entries(actWords)
              .map(([value, words]) => ({ value, label: i18n._(words) }))
              .toSorted((a, b) => a.label.localeCompare(b.label)),
          ]}
        />
        <NativeSelect
          size="xs"
          aria-label={t`By whom`}
          value={who ?? ''}
          onChange={(event) => narrow({ who: event.currentTarget.value })}
          data={[
            { value: '', label: t`By everyone` },
            ...(members.data?.pages ?? [])
              .flatMap(({ items }) => items)
              .map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
        <NativeSelect
          size="xs"
          aria-label={t`When`}
          value={days ?? ''}
          onChange={(event) => narrow({ days: event.currentTarget.value })}
          data={[
            { value: '', label: t`At any time` },
            { value: '1', label: t`In the last day` },
            { value: '7', label: t`In the last 7 days` },
            { value: '30', label: t`In the last 30 days` },
          ]}
        />
      </FilterLine>
      <Refusal error={verify.error} />
      <List
        label={t`Audit log`}
        query={auditQuery({ act, actorId: who, since })}
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
            cell: (entry) => <span className="text2">{wordsOf(i18n, entry)}</span>,
          },
          { id: 'at', header: t`When`, width: '96px', align: 'end', cell: ({ at }) => <Time at={at} /> },
        ]}
        empty={
          <Empty title={act || who || days ? <Trans>Nothing of this kind</Trans> : <Trans>Nothing yet</Trans>}>
            <Trans>What people do here is kept: decisions, publications, pauses, changed members.</Trans>
          </Empty>
        }
      />
    </>
  );
}

/** What may be decided about a document, in words. */
const decisionWords: Readonly<Record<string, MessageDescriptor>> = { approve: msg`Approve`, reject: msg`Take out` };

function wordsOf(i18n: I18n, { detail, outcome: label }: AuditEntry): string {
  const { reason, outcome, version, decision, fields } = detail;
  const names = Array.isArray(fields) ? fields.join(', ') : undefined;
  const about = typeof decision === 'string' ? decisionWords[decision] : undefined;
  return [
    reason,
    label ?? outcome,
    about ? i18n._(about) : decision,
    typeof version === 'number' ? `v${version}` : undefined,
    names,
  ]
    .filter((part): part is string => typeof part === 'string')
    .join(', ');
}
