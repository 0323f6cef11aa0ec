import { queryOptions } from '@tanstack/react-query';
import type { BodyOf } from '../../../contracts/http/route.ts';
import type { Entries } from '../../../contracts/journeys/entries-api.schema.ts';
import { journeyRoutes } from '../../../contracts/journeys/journeys.routes.ts';
import { bulkRoutes } from '../../../contracts/runs/bulk.routes.ts';
import type { BulkOperation, BulkRequest, MovePreview, StartedMove } from '../../../contracts/runs/bulk-api.schema.ts';
import { listQuery } from './http/pages.ts';
import { request } from './http/request.ts';

/** How soon a page looks again how far an operation is. */
const lookAgainMs = 2_000;

/** The last operations on many runs, of one journey or of all; looked at again while the server works on one. */
export function recentBulkQuery(journey?: string) {
  return queryOptions({
    queryKey: [bulkRoutes.list.path, journey ?? null],
    queryFn: ({ signal }) => request(bulkRoutes.list, { query: { journey, limit: 5 }, signal }),
    refetchInterval: ({ state }) =>
      state.data?.items.some((operation) => operation.state === 'running') ? lookAgainMs : false,
  });
}

/** The entries of many people of a journey, the newest first; looked at again while the server works on one. */
export function entriesQuery(journey: string) {
  return queryOptions({
    queryKey: [bulkRoutes.list.path, journey, 'entries'],
    queryFn: ({ signal }) => request(bulkRoutes.list, { query: { journey, kind: 'enterMany', limit: 50 }, signal }),
    refetchInterval: ({ state }) =>
      state.data?.items.some((operation) => operation.state === 'running') ? lookAgainMs : false,
  });
}

/** The runs that did not take an operation. */
export function bulkRefusalsQuery(id: string) {
  return listQuery({ route: bulkRoutes.refusals, call: { id }, meta: { topics: [] } });
}

/** Asks something of many runs. `once` is the same for each try of one request. @throws ApiProblem */
export function startBulk(body: BulkRequest, once: string): Promise<BulkOperation> {
  return request(bulkRoutes.start, { body, once });
}

/** Ends an operation before what it has not reached. @throws ApiProblem */
export function cancelBulk(id: string): Promise<BulkOperation> {
  return request(bulkRoutes.cancel, { id });
}

/** Pauses an entry of many people, or has it go on. @throws ApiProblem */
export function pauseBulk(id: string, to: 'pause' | 'resume'): Promise<BulkOperation> {
  return request(bulkRoutes[to], { id });
}

/** Lets many people into a journey, or counts them alone. `once` as in `startBulk`. @throws ApiProblem */
export function enterPeople(slug: string, body: BodyOf<typeof journeyRoutes.enter>, once?: string): Promise<Entries> {
  return request(journeyRoutes.enter, { slug, body, once });
}

/** Who would be moved to a version. */
export function movePreviewQuery(slug: string, version: number) {
  return queryOptions({
    queryKey: [journeyRoutes.list.path, slug, 'versions', version, 'move'],
    queryFn: ({ signal }): Promise<MovePreview> => request(journeyRoutes.previewMove, { slug, version, signal }),
    meta: { topics: ['run', 'journey'] },
  });
}

/** Moves people to a version. `once` as in `startBulk`. @throws ApiProblem */
export function movePeople(slug: string, version: number, reason: string, once: string): Promise<StartedMove> {
  return request(journeyRoutes.move, { slug, version, body: { reason }, once });
}
