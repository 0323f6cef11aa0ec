import { PageQuery, pageOf, Slug } from '../core/values.schema.ts';
import { CourseMessage, CourseMessageInput, Recipients, RecipientsQuery } from './course-messages-api.schema.ts';
import { defineRoute } from '../http/route.ts';

const params = { slug: Slug, runSlug: Slug };

/** The endpoints of messages to the learners of a course run. */
export const courseMessageRoutes = {
  recipients: defineRoute({
    method: 'GET',
    path: '/v1/courses/:slug/runs/:runSlug/recipients',
    summary: 'Says whom a message to learners of a course run would go to',
    access: 'enrollments:read',
    params,
    query: RecipientsQuery,
    answer: Recipients,
  }),
  list: defineRoute({
    method: 'GET',
    path: '/v1/courses/:slug/runs/:runSlug/messages',
    summary: 'Lists messages to learners of a course run with what became of them, newest first',
    access: 'enrollments:read',
    params,
    query: PageQuery,
    answer: pageOf(CourseMessage),
  }),
  send: defineRoute({
    method: 'POST',
    path: '/v1/courses/:slug/runs/:runSlug/messages',
    summary: 'Sends a mail to learners of a course run, to each once',
    access: 'enrollments:write',
    params,
    body: CourseMessageInput,
    answer: CourseMessage,
    status: 202,
    idempotent: true,
  }),
};
