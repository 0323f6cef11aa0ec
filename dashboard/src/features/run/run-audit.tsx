import { Trans, useLingui } from '@lingui/react/macro';
import { runAuditQuery } from '../../api/admin/audit.ts';
import { List } from '../../entities/answer/list.tsx';
import { Act, Actor } from '../../entities/audit/audit-words.tsx';
import { Empty } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';

/** What people did to a run, and why. */
export function RunAudit({ id }: { id: string }) {
  const { t } = useLingui();
  return (
    <List
      label={t`Audit`}
      query={runAuditQuery(id)}
      opens={false}
      keyOf={(entry) => entry.id}
      columns={[
        { id: 'act', header: t`What`, width: '200px', cell: ({ act }) => <Act of={act} /> },
        {
          id: 'reason',
          header: t`Why`,
          width: 'minmax(0, 1fr)',
          cell: ({ detail }) => (typeof detail['reason'] === 'string' ? detail['reason'] : ''),
        },
        { id: 'who', header: t`Who`, width: '160px', cell: ({ actor }) => <Actor actor={actor} /> },
        { id: 'at', header: t`When`, width: '110px', cell: ({ at }) => <Time at={at} /> },
      ]}
      empty={
        <Empty title={<Trans>No one has acted on this run</Trans>}>
          <Trans>Pauses, rewinds, cancellations and their reasons are kept here.</Trans>
        </Empty>
      }
    />
  );
}
