import { queryOptions, useQuery } from '@tanstack/react-query';
import { GateCounts } from '../../../contracts/approvals/gates-api.schema.ts';
import { request } from '../api/request.ts';
import { useCan } from '../api/session.ts';

/** How many gates are open, and how many of them are the person's. */
export const gateCountsQuery = queryOptions({
  queryKey: ['/v1/gates/counts'],
  queryFn: ({ signal }) => request(GateCounts, '/v1/gates/counts', { signal }),
  meta: { topics: ['gate'] },
});

/** How many decisions wait for the person; 0 until it is known. */
export function useGatesWaiting(): number {
  const enabled = useCan('gates:read');
  return useQuery({ ...gateCountsQuery, enabled }).data?.mine ?? 0;
}
