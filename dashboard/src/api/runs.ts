import { queryOptions } from '@tanstack/react-query';
import { Effect, type Resolution } from '../../../contracts/runs/effects-api.schema.ts';
import {
  AcceptedOperation,
  RewindPreview,
  Run,
  RunCounts,
  RunDetail,
  type RunOperation,
  Step,
  Turn,
} from '../../../contracts/runs/runs-api.schema.ts';
import { listQuery } from './http/pages.ts';
import { type Query, request } from './http/request.ts';

/** Runs under these filters. */
export function runsQuery(query: Query, limit = 50) {
  return listQuery({ path: '/v1/runs', item: Run, query, limit, meta: { topics: ['run', 'incident'] } });
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

/** The turns of a run, the newest first. */
export function turnsQuery(id: string) {
  return listQuery({ path: `/v1/runs/${id}/turns`, item: Turn, query: {}, meta: { topics: ['run'], id } });
}

/** What stays done and what is asked for again if a run goes back to this turn. */
export function rewindPreviewQuery(id: string, turn: number) {
  const path = `/v1/runs/${id}/turns/${turn}/preview`;
  return queryOptions({
    queryKey: [path],
    queryFn: ({ signal }) => request(RewindPreview, path, { signal }),
    meta: { topics: ['run', 'effect'], id },
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

/** Records what a person found out about an effect. @throws ApiProblem */
export function resolveEffect(id: string, resolution: Resolution): Promise<Effect> {
  return request(Effect, `/v1/effects/${id}/resolutions`, {
    method: 'POST',
    body: resolution,
    once: crypto.randomUUID(),
  });
}
