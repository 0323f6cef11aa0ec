import { SearchAnswer, SearchQuery } from './search-api.schema.ts';
import { defineRoute } from '../http/route.ts';

/** The endpoint of `/v1/search`. */
export const searchRoutes = {
  search: defineRoute({
    method: 'GET',
    path: '/v1/search',
    summary: 'Finds people, journeys, courses, batches, documents and runs',
    access: 'signedIn',
    query: SearchQuery,
    answer: SearchAnswer,
  }),
};
