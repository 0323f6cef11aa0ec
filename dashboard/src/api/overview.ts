import { queryOptions } from '@tanstack/react-query';
import { overviewRoutes } from '../../../contracts/operations/overview.routes.ts';
import { request } from './http/request.ts';

/** What needs the person, what runs, what broke. */
export const overviewQuery = queryOptions({
  queryKey: [overviewRoutes.show.path],
  queryFn: ({ signal }) => request(overviewRoutes.show, { signal }),
  meta: { topics: ['run', 'gate', 'incident', 'enrollment'] },
});
