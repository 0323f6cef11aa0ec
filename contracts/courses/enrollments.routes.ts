import { Accepted, Enrollment, EnrollmentsQuery, MoreTimeAnswer } from './enrollments-api.schema.ts';
import { EnrollmentRequest, MoreTime, OfferAnswer, WithdrawRequest } from './enrollment.schema.ts';
import { Id, pageOf } from '../core/values.schema.ts';
import { defineRoute } from '../http/route.ts';

/** The endpoints of `/v1/enrollments`. */
export const enrollmentRoutes = {
  request: defineRoute({
    method: 'POST',
    path: '/v1/enrollments',
    summary: 'Asks for a place in a course run; the answer has the seat or the place in the queue',
    access: 'enrollments:write',
    body: EnrollmentRequest,
    answer: Enrollment,
    status: 202,
    idempotent: true,
  }),
  list: defineRoute({
    method: 'GET',
    path: '/v1/enrollments',
    summary: 'Lists enrollments: newest first, or who is next in the queue, or whose seat ends next',
    access: 'enrollments:read',
    query: EnrollmentsQuery,
    answer: pageOf(Enrollment),
  }),
  get: defineRoute({
    method: 'GET',
    path: '/v1/enrollments/:id',
    summary: 'Shows an enrollment',
    access: 'enrollments:read',
    params: { id: Id },
    answer: Enrollment,
  }),
  moreTime: defineRoute({
    method: 'POST',
    path: '/v1/enrollments/more-time',
    summary: 'Keeps offered and held seats for their learners for longer',
    access: 'enrollments:write',
    body: MoreTime,
    answer: MoreTimeAnswer,
  }),
  answer: defineRoute({
    method: 'POST',
    path: '/v1/enrollments/:id/offer',
    summary: 'Answers the seat that is offered now',
    access: 'enrollments:write',
    params: { id: Id },
    body: OfferAnswer,
    answer: Accepted,
    status: 202,
    idempotent: true,
  }),
  withdraw: defineRoute({
    method: 'POST',
    path: '/v1/enrollments/:id/withdraw',
    summary: 'Withdraws; a person decides about the refund where money was paid',
    access: 'enrollments:write',
    params: { id: Id },
    body: WithdrawRequest,
    answer: Accepted,
    status: 202,
    idempotent: true,
  }),
  stay: defineRoute({
    method: 'POST',
    path: '/v1/enrollments/:id/stay',
    summary: 'Takes a withdrawal back that waits for a decision',
    access: 'enrollments:write',
    params: { id: Id },
    answer: Accepted,
    status: 202,
    idempotent: true,
  }),
};
