import { queryOptions } from '@tanstack/react-query';
import { searchRoutes } from '../../../contracts/operations/search.routes.ts';
import { request } from './http/request.ts';

/** What these words name: people, journeys, courses, batches, documents, runs. */
export function searchQuery(q: string) {
  return queryOptions({
    queryKey: [searchRoutes.search.path, q],
    queryFn: ({ signal }) => request(searchRoutes.search, { query: { q, limit: 12 }, signal }),
  });
}
