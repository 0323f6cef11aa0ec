import { queryOptions } from '@tanstack/react-query';
import { Liveness } from '../../../contracts/operations/health-api.schema.ts';
import { Storage, System } from '../../../contracts/operations/system-api.schema.ts';
import { request } from './http/request.ts';

/** What of the installation is not real or not well, asked every few seconds: workers come and go without a change in the log. */
export const systemQuery = queryOptions({
  queryKey: ['/v1/system'],
  queryFn: ({ signal }) => request(System, '/v1/system', { signal }),
  refetchInterval: 10_000,
  retry: false,
});

/** What the workspace keeps, and for how long. */
export const storageQuery = queryOptions({
  queryKey: ['/v1/system/storage'],
  queryFn: ({ signal }) => request(Storage, '/v1/system/storage', { signal }),
});

/** Whether there is an answer at all, asked before anyone is signed in. */
export const livenessQuery = queryOptions({
  queryKey: ['/health/live'],
  queryFn: ({ signal }) => request(Liveness, '/health/live', { signal }),
  retry: false,
  refetchInterval: 10_000,
});
