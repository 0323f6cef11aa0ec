import { Id, pageOf, PageQuery } from '../core/values.schema.ts';
import {
  AcceptedOperation,
  RewindPreview,
  Run,
  RunCountQuery,
  RunCounts,
  RunDetail,
  RunOperation,
  RunQuery,
  Step,
  Turn,
  TurnNumber,
} from './runs-api.schema.ts';
import { defineRoute } from '../http/route.ts';

/** The endpoints of `/v1/runs`. */
export const runRoutes = {
  list: defineRoute({
    method: 'GET',
    path: '/v1/runs',
    summary: 'Lists runs of every kind, newest first',
    access: 'runs:read',
    query: RunQuery,
    answer: pageOf(Run),
  }),
  count: defineRoute({
    method: 'GET',
    path: '/v1/runs/counts',
    summary: 'Counts runs by what they are and how they stand',
    access: 'runs:read',
    query: RunCountQuery,
    answer: RunCounts,
  }),
  turns: defineRoute({
    method: 'GET',
    path: '/v1/runs/:id/turns',
    summary: 'Lists the points that a run can be rewound to, newest first',
    access: 'runs:read',
    params: { id: Id },
    query: PageQuery,
    answer: pageOf(Turn),
  }),
  previewRewind: defineRoute({
    method: 'GET',
    path: '/v1/runs/:id/turns/:turn/preview',
    summary: 'Says what a rewind to a turn keeps and repeats',
    access: 'runs:read',
    params: { id: Id, turn: TurnNumber },
    answer: RewindPreview,
  }),
  show: defineRoute({
    method: 'GET',
    path: '/v1/runs/:id',
    summary: 'Shows a run with its current facts',
    access: 'runs:read',
    params: { id: Id },
    answer: RunDetail,
  }),
  steps: defineRoute({
    method: 'GET',
    path: '/v1/runs/:id/steps',
    summary: 'Shows a run’s timeline with its effects, oldest first',
    access: 'runs:read',
    params: { id: Id },
    query: PageQuery,
    answer: pageOf(Step),
  }),
  operate: defineRoute({
    method: 'POST',
    path: '/v1/runs/:id/operations',
    summary:
      'Pauses, resumes, cancels, terminates or rewinds a run; takes up one that failed; begins an ended one anew',
    access: 'runs:operate',
    params: { id: Id },
    body: RunOperation,
    answer: AcceptedOperation,
    status: 202,
    idempotent: true,
  }),
};
