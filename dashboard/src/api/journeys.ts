import { ListedJourney } from '../../../contracts/api/journeys.schema.ts';
import type { ListRequest } from './pages.ts';

/** Journeys with their numbers, under these filters. */
export function journeysRequest(query: {
  status?: string | undefined;
  q?: string | undefined;
}): ListRequest<ListedJourney> {
  return { path: '/v1/journeys', item: ListedJourney, query, meta: { topics: ['journey', 'run', 'incident'] } };
}
