import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { AuditEntry, AuditVerification } from '../../../../contracts/api/audit.schema.ts';
import { Member } from '../../../../contracts/api/members.schema.ts';
import { listQuery } from '../../api/pages.ts';
import { request } from '../../api/request.ts';
import { Chip } from '../../ui/chip.tsx';
import { FilterLine, FilterText } from '../../ui/filters.tsx';
import { List } from '../../ui/list.tsx';
import { Count } from '../../ui/numbers.tsx';
import { Empty, Refusal } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';

/** Who did what. Entries are chained: a changed or missing one shows. */
export function AuditTab() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const { act } = useSearch({ from: '/frame/admin' });
  const members = useInfiniteQuery(
    listQuery({ path: '/v1/members', item: Member, query: {}, limit: 200, meta: { topics: [] } }),
  );
  const nameOf = ({ kind, id }: AuditEntry['actor']): string => {
    const member = members.data?.pages.flatMap(({ items }) => items).find((each) => each.id === id);
    if (member) return member.name;
    return { member: t`A member`, apiKey: t`A key`, mailLink: t`From a mail`, system: t`Throughline` }[kind];
  };
  const verify = useMutation({ mutationFn: () => request(AuditVerification, '/v1/audit/verification') });
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
        <FilterText
          label={t`An act, such as gate.decided`}
          value={act ?? ''}
          onChange={(value) =>
            void navigate({ to: '/admin', search: { tab: 'audit', ...(value ? { act: value } : {}) }, replace: true })
          }
        />
      </FilterLine>
      <Refusal error={verify.error} />
      <List
        label={t`Audit log`}
        request={{
          path: '/v1/audit',
          item: AuditEntry,
          query: { act },
          meta: { topics: ['run', 'gate', 'journey', 'batch', 'contact'] },
        }}
        keyOf={({ id }) => id}
        columns={[
          {
            id: 'act',
            header: t`What`,
            width: 'minmax(140px, 200px)',
            cell: (entry) => <span className="medium">{entry.act}</span>,
          },
          { id: 'who', header: t`Who`, width: '150px', cell: ({ actor }) => nameOf(actor) },
          {
            id: 'subject',
            header: t`On`,
            width: 'minmax(120px, 1fr)',
            cell: ({ subject }) => <Subject subject={subject} />,
          },
          {
            id: 'why',
            header: t`Why, or what`,
            width: 'minmax(120px, 1.6fr)',
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

function Subject({ subject: { kind, id } }: { subject: AuditEntry['subject'] }) {
  if (kind === 'run')
    return (
      <Link to="/runs/$id" params={{ id }} className="link">
        <Trans>a run</Trans>
      </Link>
    );
  if (kind === 'gate')
    return (
      <Link to="/inbox" search={{ show: 'decided', gate: id }} className="link">
        <Trans>an approval</Trans>
      </Link>
    );
  if (kind === 'batch')
    return (
      <Link to="/batches/$id" params={{ id }} className="link">
        <Trans>a batch</Trans>
      </Link>
    );
  return <>{kind}</>;
}

function wordsOf(detail: Readonly<Record<string, unknown>>): string {
  const { reason, slug, outcome, version, decision } = detail;
  return [reason, slug, outcome, decision, typeof version === 'number' ? `v${version}` : undefined]
    .filter((part): part is string => typeof part === 'string')
    .join(', ');
}
