import { Id, pageOf } from '../core/values.schema.ts';
import { Effect, EffectMail, EffectQuery, Resolution } from './effects-api.schema.ts';
import { TestMailAsked } from '../messaging/test-mails-api.schema.ts';
import { defineRoute } from '../http/route.ts';

/** The endpoints of `/v1/effects`. */
export const effectRoutes = {
  list: defineRoute({
    method: 'GET',
    path: '/v1/effects',
    summary: 'Lists effects that are unknown, refused or deferred, newest first',
    access: 'effects:read',
    query: EffectQuery,
    answer: pageOf(Effect),
  }),
  message: defineRoute({
    method: 'GET',
    path: '/v1/effects/:id/message',
    summary: 'Downloads the mail that an effect sent, as long as it is kept',
    access: 'effects:resolve',
    params: { id: Id },
    produces: 'message/rfc822',
  }),
  mail: defineRoute({
    method: 'GET',
    path: '/v1/effects/:id/mail',
    summary: 'Shows the mail that an effect sent, as long as it is kept',
    access: 'effects:resolve',
    params: { id: Id },
    answer: EffectMail,
  }),
  test: defineRoute({
    method: 'POST',
    path: '/v1/effects/:id/tests',
    summary: 'Sends the mail of an effect as a test to the caller’s own address',
    access: 'effects:resolve',
    params: { id: Id },
    answer: TestMailAsked,
    status: 202,
  }),
  resolve: defineRoute({
    method: 'POST',
    path: '/v1/effects/:id/resolutions',
    summary: 'Records whether an effect with an unknown outcome has happened',
    access: 'effects:resolve',
    params: { id: Id },
    body: Resolution,
    answer: Effect,
    idempotent: true,
  }),
};
