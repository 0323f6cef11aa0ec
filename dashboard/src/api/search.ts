import { queryOptions } from '@tanstack/react-query';
import { SearchAnswer } from '../../../contracts/operations/search-api.schema.ts';
import { request } from './http/request.ts';

/** What begins with these words: people, journeys, courses, batches, runs. */
export function searchQuery(q: string) {
  return queryOptions({
    queryKey: ['/v1/search', q],
    queryFn: ({ signal }) => request(SearchAnswer, '/v1/search', { query: { q, limit: 12 }, signal }),
  });
}
