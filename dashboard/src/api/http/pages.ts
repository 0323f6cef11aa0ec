import { infiniteQueryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import { addressOf, type Call, type CallOf, type Route } from '../../../../contracts/http/route.ts';
import type { Topic } from '../../../../contracts/operations/stream-api.schema.ts';
import { requestAs } from './request.ts';

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

/** A route that answers with a page of items. */
type ListRoute<T> = Route & { answer: z.ZodType<{ items: T[]; nextCursor: string | null }> };

/** What a list asks for: a route and how it is called, the items of its first page, and what makes it old. */
type ListRequest<R extends Route> = { route: R; call: CallOf<R>; limit?: number; meta: QueryMeta };

/** The longest page that the API gives: scrolling fetches pages of this size, so that long lists take few requests. */
const longest = 200;

/** A keyset-paged list as an infinite query; its pages are fetched one after the other as they are scrolled to. */
export function listQuery<T, R extends Route>({ route, call, limit = 50, meta }: ListRequest<R & ListRoute<T>>) {
  const { query = {} }: Call = call;
  return infiniteQueryOptions({
    queryKey: [addressOf(route, { ...call, query: undefined }), query] as const,
    queryFn: ({ pageParam, signal }) => {
      const page = { ...query, limit: pageParam === null ? limit : longest, cursor: pageParam };
      return requestAs(route.answer, route, { ...call, query: page, signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    meta,
  });
}

/** What `listQuery` makes of a list of such items. */
export type ListQuery<T> = ReturnType<typeof listQuery<T, Route>>;

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
