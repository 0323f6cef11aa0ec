import { useInfiniteQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo, useState } from 'react';
import { type ListQuery, moreOf } from '../../api/http/pages.ts';
import { Loading } from '../../ui/states.tsx';
import type { Column, Selection } from '../../ui/table/column.ts';
import { DataTable } from '../../ui/table/data-table.tsx';
import { Failed } from './failed.tsx';
import classes from './list.module.css';

/**
 * A list of the API in all of its states: loading, failed, empty, ready; it loads more as it is scrolled and stays up to
 * date.
 */
export function List<T extends object>(props: {
  label: string;
  query: ListQuery<T>;
  keyOf: (row: T) => string;
  columns: readonly Column<T>[];
  empty: ReactNode;
  selection?: Selection;
  total?: number | undefined;
  opens?: boolean;
}) {
  const { query, empty, ...table } = props;
  // While another filter is answered the rows of the one before stay, dimmed: a list that goes and comes at each key flickers.
  const [address] = query.queryKey;
  const list = useInfiniteQuery({
    ...query,
    placeholderData: (before, last) => (last?.queryKey[0] === address ? before : undefined),
  });
  const { data, error, isPending, isPlaceholderData, refetch } = list;
  const asked = JSON.stringify(query.queryKey);
  const [scope, setScope] = useState(asked);
  if (!isPlaceholderData && scope !== asked) setScope(asked);
  const rows = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data]);
  if (isPending) return <Loading />;
  if (error && !data) return <Failed error={error} onRetry={() => void refetch()} />;
  if (rows.length === 0) return isPlaceholderData ? <Loading /> : empty;
  return (
    <>
      <div aria-busy={isPlaceholderData} className={isPlaceholderData ? classes.before : ''}>
        <DataTable {...table} rows={rows} scope={scope} more={moreOf(list)} />
      </div>
      {list.isFetchNextPageError && <Failed error={error} onRetry={() => void list.fetchNextPage()} />}
    </>
  );
}
