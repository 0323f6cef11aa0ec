import { Id, pageOf, PageQuery } from '../core/values.schema.ts';
import { defineRoute } from '../http/route.ts';
import { BulkOperation, BulkQuery, BulkRefusal, BulkRequest } from './bulk-api.schema.ts';

/** The endpoints of `/v1/bulk-operations`. */
export const bulkRoutes = {
  start: defineRoute({
    method: 'POST',
    path: '/v1/bulk-operations',
    summary: 'Asks something of many runs; the server does it piece by piece',
    access: 'runs:operate',
    body: BulkRequest,
    answer: BulkOperation,
    status: 202,
    idempotent: true,
  }),
  list: defineRoute({
    method: 'GET',
    path: '/v1/bulk-operations',
    summary: 'Lists operations on many runs, newest first',
    access: 'runs:read',
    query: BulkQuery,
    answer: pageOf(BulkOperation),
  }),
  show: defineRoute({
    method: 'GET',
    path: '/v1/bulk-operations/:id',
    summary: 'Shows how far an operation on many runs is',
    access: 'runs:read',
    params: { id: Id },
    answer: BulkOperation,
  }),
  refusals: defineRoute({
    method: 'GET',
    path: '/v1/bulk-operations/:id/refusals',
    summary: 'Lists the runs that did not take it, with why',
    access: 'runs:read',
    params: { id: Id },
    query: PageQuery,
    answer: pageOf(BulkRefusal),
  }),
  pause: defineRoute({
    method: 'POST',
    path: '/v1/bulk-operations/:id/pause',
    summary: 'Stops an entry of many people where it is, until it is resumed',
    access: 'runs:operate',
    or: 'journeys:publish',
    params: { id: Id },
    answer: BulkOperation,
  }),
  resume: defineRoute({
    method: 'POST',
    path: '/v1/bulk-operations/:id/resume',
    summary: 'Goes on with an entry of many people that was paused',
    access: 'runs:operate',
    or: 'journeys:publish',
    params: { id: Id },
    answer: BulkOperation,
  }),
  cancel: defineRoute({
    method: 'POST',
    path: '/v1/bulk-operations/:id/cancel',
    summary: 'Ends an operation before the runs that it has not reached; what is done stays done',
    access: 'runs:operate',
    or: 'journeys:publish',
    params: { id: Id },
    answer: BulkOperation,
  }),
};
