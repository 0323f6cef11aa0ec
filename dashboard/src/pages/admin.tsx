import { Trans, useLingui } from '@lingui/react/macro';
import { useSearch } from '@tanstack/react-router';
import { useCan } from '../api/session.ts';
import { AuditTab } from '../features/admin/audit-tab.tsx';
import { ConnectionsTab } from '../features/admin/connections/connections-tab.tsx';
import { KeysTab } from '../features/admin/keys-tab.tsx';
import { MembersTab } from '../features/admin/members-tab.tsx';
import { ModelsTab } from '../features/admin/models/models-tab.tsx';
import { StorageTab } from '../features/admin/storage-tab.tsx';
import { YouTab } from '../features/admin/you-tab.tsx';
import { Page } from '../frame/page.tsx';
import { LinkTabs } from '../ui/links/link-tabs.tsx';
import { Empty } from '../ui/states.tsx';

/** Who may do what, and who did. */
export function AdminPage() {
  const { t } = useLingui();
  const { tab = 'members' } = useSearch({ from: '/frame/admin' });
  const seesKeys = useCan('keys:read');
  const seesAudit = useCan('audit:read');
  const seesSystem = useCan('system:read');
  const tabOf = (key: string, label: string) => ({
    key,
    label,
    isOpen: tab === key,
    link: { to: '/admin', search: { tab: key } } as const,
  });
  const locked = (
    <Empty title={<Trans>This is for admins</Trans>}>
      <Trans>An admin of the workspace can give you the role.</Trans>
    </Empty>
  );
  return (
    <Page name={t`Admin`}>
      <LinkTabs
        label={t`Parts of Admin`}
        tabs={[
          tabOf('members', t`Members`),
          ...(seesKeys ? [tabOf('keys', t`Keys`)] : []),
          ...(seesKeys ? [tabOf('connections', t`Connections`)] : []),
          ...(seesKeys ? [tabOf('models', t`Models`)] : []),
          ...(seesAudit ? [tabOf('audit', t`Audit log`)] : []),
          ...(seesSystem ? [tabOf('storage', t`Storage`)] : []),
          tabOf('you', t`You`),
        ]}
      />
      {tab === 'you' && <YouTab />}
      {tab === 'keys' && (seesKeys ? <KeysTab /> : locked)}
      {tab === 'connections' && (seesKeys ? <ConnectionsTab /> : locked)}
      {tab === 'models' && (seesKeys ? <ModelsTab /> : locked)}
      {tab === 'audit' && (seesAudit ? <AuditTab /> : locked)}
      {tab === 'storage' && (seesSystem ? <StorageTab /> : locked)}
      {tab === 'members' && <MembersTab />}
    </Page>
  );
}
