import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Member } from '../../../../contracts/access/members-api.schema.ts';
import { membersQuery } from '../../api/access.ts';
import { useCan } from '../../api/session.ts';
import { List } from '../../entities/answer/list.tsx';
import { Chip } from '../../ui/chip.tsx';
import { FilterLine } from '../../ui/filters.tsx';
import { Empty } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { MemberDialog } from './member-dialog.tsx';
import { roleWords } from './roles.ts';

/** Who is in the workspace, and what they may do. */
export function MembersTab() {
  const { t, i18n } = useLingui();
  const mayWrite = useCan('members:write');
  const [edited, setEdited] = useState<Member | 'new' | null>(null);
  return (
    <>
      <FilterLine
        end={
          mayWrite ? (
            <Button variant="filled" onClick={() => setEdited('new')}>
              <Trans>Invite a member</Trans>
            </Button>
          ) : (
            <Trans>An admin changes members.</Trans>
          )
        }
      >
        <span className="text2">
          <Trans>A member may do what any of their roles allows.</Trans>
        </span>
      </FilterLine>
      <List
        label={t`Members`}
        query={membersQuery}
        opens={false}
        keyOf={({ id }) => id}
        columns={[
          {
            id: 'name',
            header: t`Name`,
            width: 'minmax(140px, 1fr)',
            cell: ({ name }) => <span className="medium">{name}</span>,
          },
          { id: 'email', header: t`Email`, width: 'minmax(160px, 1.2fr)', cell: ({ email }) => email },
          {
            id: 'roles',
            header: t`Roles`,
            width: 'minmax(160px, 1.6fr)',
            cell: ({ roles }) => roles.map((role) => i18n._(roleWords[role].name)).join(', '),
          },
          {
            id: 'state',
            header: t`State`,
            width: '110px',
            cell: ({ disabledAt }) =>
              disabledAt ? (
                <Chip tone="off" icon="lock">
                  <Trans>Shut out</Trans>
                </Chip>
              ) : (
                <Chip tone="done">
                  <Trans>Active</Trans>
                </Chip>
              ),
          },
          {
            id: 'since',
            header: t`Since`,
            width: '90px',
            isWideOnly: true,
            cell: ({ createdAt }) => <Time at={createdAt} />,
          },
          {
            id: 'edit',
            header: <span className="hidden">{t`What can be done`}</span>,
            width: '84px',
            align: 'end',
            cell: (member) =>
              mayWrite && (
                <Button size="compact-sm" onClick={() => setEdited(member)} aria-label={t`Change ${member.name}`}>
                  <Trans>Change</Trans>
                </Button>
              ),
          },
        ]}
        empty={<Empty title={<Trans>No members</Trans>} />}
      />
      {edited && <MemberDialog member={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
    </>
  );
}
