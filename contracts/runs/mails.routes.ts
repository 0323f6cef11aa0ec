import { pageOf } from '../core/values.schema.ts';
import { defineRoute } from '../http/route.ts';
import { MailFileQuery, MailQuery, SentMail } from './mails-api.schema.ts';

/** The endpoints of `/v1/mails`. */
export const mailRoutes = {
  list: defineRoute({
    method: 'GET',
    path: '/v1/mails',
    summary: 'Lists who got the mail of a template, or of a step of a journey, newest first',
    access: 'contacts:read',
    alsoNeeds: 'runs:read',
    query: MailQuery,
    answer: pageOf(SentMail),
  }),
  file: defineRoute({
    method: 'GET',
    path: '/v1/mails.csv',
    summary: 'Downloads who got the mail of a template, or of a step of a journey',
    access: 'contacts:read',
    alsoNeeds: 'runs:read',
    query: MailFileQuery,
    produces: 'text/csv',
  }),
};
