import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import type { Topic } from '../../../contracts/operations/stream-api.schema.ts';
import { isSignedOut, isWorthRetrying } from '../api/problem.ts';

/**
 * What a query says about itself: the topics of the change stream that make it old, and the id of its thing, so that changes of
 * others do not.
 */
export type QueryMeta = { topics: readonly Topic[]; id?: string };

declare module '@tanstack/react-query' {
  interface Register {
    queryMeta: { topics?: readonly Topic[]; id?: string };
  }
}

/** An ended session leads to sign-in from anywhere. */
function leaveWhenSignedOut(error: Error): void {
  if (!isSignedOut(error) || location.pathname === '/sign-in') return;
  const next = `${location.pathname}${location.search}`;
  location.assign(`/sign-in?next=${encodeURIComponent(next)}`);
}

/** Everything that came from the server. Nothing is kept elsewhere. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: leaveWhenSignedOut }),
  mutationCache: new MutationCache({ onError: leaveWhenSignedOut }),
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (failures, error) => failures < 2 && isWorthRetrying(error),
      refetchOnWindowFocus: true,
    },
    mutations: { retry: false },
  },
});
