import { queryOptions } from '@tanstack/react-query';
import type {
  Audience,
  CourseMessage,
  CourseMessageInput,
} from '../../../contracts/courses/course-messages-api.schema.ts';
import { courseMessageRoutes } from '../../../contracts/courses/course-messages.routes.ts';
import { addressOf } from '../../../contracts/http/route.ts';
import { listQuery } from './http/pages.ts';
import { request } from './http/request.ts';

/** A course run by its slugs. */
type Place = { slug: string; runSlug: string };

/** Whom a message to learners of a course run would go to. */
export function recipientsQuery(place: Place, audience: Audience) {
  return queryOptions({
    queryKey: [addressOf(courseMessageRoutes.recipients, place), audience],
    queryFn: ({ signal }) => request(courseMessageRoutes.recipients, { ...place, query: { audience }, signal }),
    meta: { topics: ['enrollment'] },
  });
}

/** The newest messages to learners of a course run, with what became of them. */
export function courseMessagesQuery(place: Place) {
  return listQuery({
    route: courseMessageRoutes.list,
    call: place,
    limit: 3,
    meta: { topics: ['courseRun', 'enrollment', 'run'] },
  });
}

/** Sends a message to learners of a course run. `once` is the same for each try of one message. @throws ApiProblem */
export function sendCourseMessage(place: Place, message: CourseMessageInput, once: string): Promise<CourseMessage> {
  return request(courseMessageRoutes.send, { ...place, body: message, once });
}
