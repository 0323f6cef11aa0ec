import { queryOptions } from '@tanstack/react-query';
import { healthRoutes } from '../../../contracts/operations/health.routes.ts';
import { systemRoutes } from '../../../contracts/operations/system.routes.ts';
import { request } from './http/request.ts';

/** What of the installation is not real or not well, asked every few seconds: workers come and go without a change in the log. */
export const systemQuery = queryOptions({
  queryKey: [systemRoutes.show.path],
  queryFn: ({ signal }) => request(systemRoutes.show, { signal }),
  refetchInterval: 10_000,
  retry: false,
});

/** What the workspace keeps, and for how long. */
export const storageQuery = queryOptions({
  queryKey: [systemRoutes.storage.path],
  queryFn: ({ signal }) => request(systemRoutes.storage, { signal }),
});

/** Whether there is an answer at all, asked before anyone is signed in. */
export const livenessQuery = queryOptions({
  queryKey: [healthRoutes.live.path],
  queryFn: ({ signal }) => request(healthRoutes.live, { signal }),
  retry: false,
  refetchInterval: 10_000,
});
