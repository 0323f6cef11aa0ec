import { queryOptions } from '@tanstack/react-query';
import { searchRoutes } from '../../../contracts/operations/search.routes.ts';
import { request } from './http/request.ts';

/** What begins with these words: people, journeys, courses, batches, runs. */
export function searchQuery(q: string) {
  return queryOptions({
    queryKey: [searchRoutes.search.path, q],
    queryFn: ({ signal }) => request(searchRoutes.search, { query: { q, limit: 12 }, signal }),
  });
}
