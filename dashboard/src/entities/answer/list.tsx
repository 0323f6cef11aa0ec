import { useInfiniteQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo } from 'react';
import { type ListQuery, moreOf } from '../../api/http/pages.ts';
import { Loading } from '../../ui/states.tsx';
import type { Column, Selection } from '../../ui/table/column.ts';
import { DataTable } from '../../ui/table/data-table.tsx';
import { Failed } from './failed.tsx';

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
  const list = useInfiniteQuery(query);
  const { data, error, isPending, refetch } = list;
  const rows = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data]);
  if (isPending) return <Loading />;
  if (error && !data) return <Failed error={error} onRetry={() => void refetch()} />;
  if (rows.length === 0) return empty;
  return (
    <>
      <DataTable {...table} rows={rows} scope={JSON.stringify(query.queryKey)} more={moreOf(list)} />
      {list.isFetchNextPageError && <Failed error={error} onRetry={() => void list.fetchNextPage()} />}
    </>
  );
}
