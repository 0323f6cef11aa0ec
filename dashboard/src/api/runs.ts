import { queryOptions } from '@tanstack/react-query';
import {
  AcceptedOperation,
  Run,
  RunCounts,
  RunDetail,
  type RunOperation,
  Step,
} from '../../../contracts/runs/runs-api.schema.ts';
import { listQuery, type ListRequest } from './pages.ts';
import { request, type RequestInit } from './request.ts';

type Query = NonNullable<RequestInit['query']>;

/** Runs under these filters. */
export function runsRequest(query: Query, limit = 50): ListRequest<Run> {
  return { path: '/v1/runs', item: Run, query, limit, meta: { topics: ['run', 'incident'] } };
}

/** How many runs there are under these filters. */
export function runCountsQuery(query: Query) {
  return queryOptions({
    queryKey: ['/v1/runs/counts', query],
    queryFn: ({ signal }) => request(RunCounts, '/v1/runs/counts', { query, signal }),
    meta: { topics: ['run', 'incident'] },
  });
}

/** One run with what is open and what can be done. */
export function runQuery(id: string) {
  return queryOptions({
    queryKey: ['/v1/runs', id],
    queryFn: ({ signal }) => request(RunDetail, `/v1/runs/${id}`, { signal }),
    meta: { topics: ['run'], id },
  });
}

/** The lines of a run's timeline with their effects, oldest first. */
export function stepsQuery(id: string) {
  return listQuery({
    path: `/v1/runs/${id}/steps`,
    item: Step,
    query: {},
    limit: 200,
    meta: { topics: ['run', 'effect', 'gate'] },
  });
}

/** Asks something of a run. @throws ApiProblem */
export function operate(id: string, operation: RunOperation): Promise<AcceptedOperation> {
  return request(AcceptedOperation, `/v1/runs/${id}/operations`, {
    method: 'POST',
    body: operation,
    once: crypto.randomUUID(),
  });
}
