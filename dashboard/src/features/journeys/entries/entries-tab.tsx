import { Trans } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { entriesQuery } from '../../../api/bulk.ts';
import { Failed } from '../../../entities/answer/failed.tsx';
import { BulkPanel } from '../../../entities/run/bulk-progress.tsx';
import { Empty, Loading } from '../../../ui/states.tsx';
import classes from '../journeys.module.css';

/** The entries of many people into a journey: how far they are, and what can be done about them. */
export function EntriesTab({ slug }: { slug: string }) {
  const { data, error, refetch } = useQuery(entriesQuery(slug));
  if (!data) return error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading />;
  if (data.items.length === 0)
    return (
      <Empty title={<Trans>No one was let in together yet</Trans>}>
        <Trans>“Enter people…” lets in everyone, those with an attribute, or a list.</Trans>
      </Empty>
    );
  return (
    <div className={classes.part}>
      {data.items.map((operation) => (
        <BulkPanel key={operation.id} operation={operation} />
      ))}
    </div>
  );
}
