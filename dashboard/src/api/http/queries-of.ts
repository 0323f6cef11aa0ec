import type { Query } from '@tanstack/react-query';
import type { Route } from '../../../../contracts/http/route.ts';

/** The filter of all queries that ask at or below the paths of these routes, up to the first part that differs from call to call. */
export function queriesOf(...routes: Route[]): { predicate: (query: Query) => boolean } {
  const paths = routes.map(({ path }) => path.replace(/\/:.*/, ''));
  return { predicate: ({ queryKey }) => paths.some((path) => String(queryKey[0]).startsWith(path)) };
}
