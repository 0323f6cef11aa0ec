import { useQuery } from '@tanstack/react-query';
import { connectionsQuery } from '../../../api/admin/connections.ts';
import { Failed } from '../../../entities/answer/failed.tsx';
import { Loading } from '../../../ui/states.tsx';
import classes from '../admin.module.css';
import { ConnectionPanel } from './connection-panel.tsx';

/** The outside services that the workspace has credentials of its own for. */
export function ConnectionsTab() {
  const { data, error, refetch } = useQuery(connectionsQuery);
  if (error && !data) return <Failed error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  return (
    <div className={classes.part}>
      {data.items.map((connection) => (
        <ConnectionPanel key={connection.service} connection={connection} />
      ))}
    </div>
  );
}
