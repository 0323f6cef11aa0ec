import { Id, pageOf } from '../core/values.schema.ts';
import { Decision, Gate, GateCounts, GateMailPlace, GateMails, GateQuery } from './gates-api.schema.ts';
import { TestMailAsked } from '../messaging/test-mails-api.schema.ts';
import { defineRoute } from '../http/route.ts';

/** The endpoints of `/v1/gates`. */
export const gateRoutes = {
  list: defineRoute({
    method: 'GET',
    path: '/v1/gates',
    summary: 'Lists approvals, newest first unless sorted otherwise',
    access: 'gates:read',
    query: GateQuery,
    answer: pageOf(Gate),
  }),
  count: defineRoute({
    method: 'GET',
    path: '/v1/gates/counts',
    summary: 'Counts open approvals, and the caller’s among them',
    access: 'gates:read',
    answer: GateCounts,
  }),
  show: defineRoute({
    method: 'GET',
    path: '/v1/gates/:id',
    summary: 'Shows one approval with its content',
    access: 'gates:read',
    params: { id: Id },
    answer: Gate,
  }),
  mails: defineRoute({
    method: 'GET',
    path: '/v1/gates/:id/mails',
    summary: 'Shows the mails that each outcome would send at once',
    access: 'gates:read',
    params: { id: Id },
    answer: GateMails,
  }),
  test: defineRoute({
    method: 'POST',
    path: '/v1/gates/:id/tests',
    summary: 'Sends a mail that an outcome would send as a test to the caller’s own address',
    access: 'gates:read',
    params: { id: Id },
    body: GateMailPlace,
    answer: TestMailAsked,
    status: 202,
  }),
  decide: defineRoute({
    method: 'POST',
    path: '/v1/gates/:id/decisions',
    summary: 'Decides an approval; the same decision again gives the first answer',
    access: 'gates:decide',
    params: { id: Id },
    body: Decision,
    answer: Gate,
    idempotent: true,
  }),
};
