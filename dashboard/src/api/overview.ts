import { queryOptions } from '@tanstack/react-query';
import { Overview } from '../../../contracts/operations/overview-api.schema.ts';
import { request } from './http/request.ts';

/** What needs the person, what runs, what broke. */
export const overviewQuery = queryOptions({
  queryKey: ['/v1/overview'],
  queryFn: ({ signal }) => request(Overview, '/v1/overview', { signal }),
  meta: { topics: ['run', 'gate', 'incident', 'enrollment'] },
});
