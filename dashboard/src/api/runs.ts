import { queryOptions } from '@tanstack/react-query';
import { addressOf, type QueryOf } from '../../../contracts/http/route.ts';
import type { TestMailAsked } from '../../../contracts/messaging/test-mails-api.schema.ts';
import type { Effect, Resolution } from '../../../contracts/runs/effects-api.schema.ts';
import { effectRoutes } from '../../../contracts/runs/effects.routes.ts';
import type { AcceptedOperation, RunOperation } from '../../../contracts/runs/runs-api.schema.ts';
import { mailRoutes } from '../../../contracts/runs/mails.routes.ts';
import { runRoutes } from '../../../contracts/runs/runs.routes.ts';
import { listQuery } from './http/pages.ts';
import { request } from './http/request.ts';

/** Runs under these filters. */
export function runsQuery(query: QueryOf<typeof runRoutes.list>, limit = 50) {
  return listQuery({ route: runRoutes.list, call: { query }, limit, meta: { topics: ['run', 'incident'] } });
}

/** How many runs there are under these filters. */
export function runCountsQuery(query: QueryOf<typeof runRoutes.count>) {
  return queryOptions({
    queryKey: [runRoutes.count.path, query],
    queryFn: ({ signal }) => request(runRoutes.count, { query, signal }),
    meta: { topics: ['run', 'incident'] },
  });
}

/** One run with what is open and what can be done. */
export function runQuery(id: string) {
  return queryOptions({
    queryKey: [runRoutes.list.path, id],
    queryFn: ({ signal }) => request(runRoutes.show, { id, signal }),
    meta: { topics: ['run'], id },
  });
}

/** The lines of a run's timeline with their effects, oldest first. */
export function stepsQuery(id: string) {
  return listQuery({
    route: runRoutes.steps,
    call: { id },
    limit: 200,
    meta: { topics: ['run', 'effect', 'gate'] },
  });
}

/** What would happen to a run next. */
export function aheadQuery(id: string) {
  return queryOptions({
    queryKey: [addressOf(runRoutes.ahead, { id })],
    queryFn: ({ signal }) => request(runRoutes.ahead, { id, signal }),
    meta: { topics: ['run'], id },
  });
}

/** The turns of a run, the newest first. */
export function turnsQuery(id: string) {
  return listQuery({ route: runRoutes.turns, call: { id }, meta: { topics: ['run'], id } });
}

/** What stays done and what is asked for again if a run goes back to this turn. */
export function rewindPreviewQuery(id: string, turn: number) {
  return queryOptions({
    queryKey: [addressOf(runRoutes.previewRewind, { id, turn })],
    queryFn: ({ signal }) => request(runRoutes.previewRewind, { id, turn, signal }),
    meta: { topics: ['run', 'effect'], id },
  });
}

/** Asks something of a run. @throws ApiProblem */
export function operate(id: string, operation: RunOperation): Promise<AcceptedOperation> {
  return request(runRoutes.operate, { id, body: operation, once: crypto.randomUUID() });
}

/** The mail of an effect as its reader sees it; it does not change any more. */
export function effectMailQuery(id: string) {
  return queryOptions({
    queryKey: [addressOf(effectRoutes.mail, { id })],
    queryFn: ({ signal }) => request(effectRoutes.mail, { id, signal }),
    meta: { topics: [] },
  });
}

/** Who got the mail of a template, or of a step of a journey. */
export function mailsQuery(query: QueryOf<typeof mailRoutes.list>) {
  return listQuery({ route: mailRoutes.list, call: { query }, meta: { topics: ['effect'] } });
}

/** Where the whole of that list is, as a file. */
export function mailsFile(query: QueryOf<typeof mailRoutes.file>): string {
  return addressOf(mailRoutes.file, { query });
}

/** Sends the mail of an effect to the person as a test. @throws ApiProblem */
export function testEffectMail(id: string): Promise<TestMailAsked> {
  return request(effectRoutes.test, { id });
}

/** Records what a person found out about an effect. @throws ApiProblem */
export function resolveEffect(id: string, resolution: Resolution): Promise<Effect> {
  return request(effectRoutes.resolve, { id, body: resolution, once: crypto.randomUUID() });
}
