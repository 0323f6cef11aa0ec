import { queryOptions } from '@tanstack/react-query';
import type { TestMailAsked } from '../../../contracts/messaging/test-mails-api.schema.ts';
import type { Decision, Gate, GateMailPlace } from '../../../contracts/approvals/gates-api.schema.ts';
import { addressOf } from '../../../contracts/http/route.ts';
import { gateRoutes } from '../../../contracts/approvals/gates.routes.ts';
import { listQuery } from './http/pages.ts';
import { request } from './http/request.ts';

/** Which approvals a list shows. */
export type GateShow = 'mine' | 'team' | 'decided';

/**
 * The approvals of a list: the person's open ones or all of them, what closes first before all; or what came to an end
 * last, with or without a decision.
 */
export function gatesQuery(show: GateShow) {
  const query = {
    mine: { status: 'open', assignedTo: 'me', sort: 'due' },
    team: { status: 'open', sort: 'due' },
    decided: { sort: 'decided' },
  }[show];
  return listQuery({ route: gateRoutes.list, call: { query }, meta: { topics: ['gate'] } });
}

/** How many gates are open, and how many of them are the person's. */
export const gateCountsQuery = queryOptions({
  queryKey: [gateRoutes.count.path],
  queryFn: ({ signal }) => request(gateRoutes.count, { signal }),
  meta: { topics: ['gate'] },
});

/** One approval with its content. */
export function gateQuery(id: string) {
  return queryOptions({
    queryKey: [gateRoutes.list.path, id],
    queryFn: ({ signal }) => request(gateRoutes.show, { id, signal }),
    meta: { topics: ['gate'], id },
  });
}

/** The mails that the outcomes of an approval would send at once. */
export function gateMailsQuery(id: string) {
  return queryOptions({
    queryKey: [addressOf(gateRoutes.mails, { id })],
    queryFn: ({ signal }) => request(gateRoutes.mails, { id, signal }),
    meta: { topics: ['gate', 'contact'] },
  });
}

/** Sends one of these mails to the person as a test. @throws ApiProblem */
export function testGateMail(id: string, place: GateMailPlace): Promise<TestMailAsked> {
  return request(gateRoutes.test, { id, body: place });
}

/** Decides an approval. `once` is the same for each try of one decision. @throws ApiProblem with a code of the policy */
export function decide(id: string, decision: Decision, once: string): Promise<Gate> {
  return request(gateRoutes.decide, { id, body: decision, once });
}
