import { infiniteQueryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import { pageOf } from '../../../../contracts/core/values.schema.ts';
import type { Topic } from '../../../../contracts/operations/stream-api.schema.ts';
import { type Query, request } from './request.ts';

/**
 * What a query says about itself: the topics of the change stream that make it old, and the id of its thing, so that changes of
 * others do not.
 */
type QueryMeta = { topics: readonly Topic[]; id?: string };

declare module '@tanstack/react-query' {
  interface Register {
    queryMeta: { topics?: readonly Topic[]; id?: string };
  }
}

/** What a list asks for: where, the shape of an item, its filters, and what makes it old. */
type ListRequest<T> = {
  path: string;
  item: z.ZodType<T>;
  query: Query;
  limit?: number;
  meta: QueryMeta;
};

/** The longest page that the API gives: scrolling fetches pages of this size, so that long lists take few requests. */
const longest = 200;

/** A keyset-paged list as an infinite query; its pages are fetched one after the other as they are scrolled to. */
export function listQuery<T>({ path, item, query, limit = 50, meta }: ListRequest<T>) {
  const page = pageOf(item);
  return infiniteQueryOptions({
    queryKey: [path, query] as const,
    queryFn: ({ pageParam, signal }) =>
      request(page, path, {
        query: { ...query, limit: pageParam === null ? limit : longest, cursor: pageParam },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    meta,
  });
}

/** What `listQuery` makes of a list of such items. */
export type ListQuery<T> = ReturnType<typeof listQuery<T>>;

/** How a list goes on as it is scrolled; after a page that failed it waits until the user asks again. */
export function moreOf(list: {
  hasNextPage: boolean;
  isFetching: boolean;
  isFetchNextPageError: boolean;
  fetchNextPage: () => Promise<unknown>;
}): { hasNext: boolean; isFetching: boolean; fetch: () => void } {
  const { hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = list;
  return { hasNext: hasNextPage, isFetching: isFetching || isFetchNextPageError, fetch: () => void fetchNextPage() };
}
