import { queryOptions } from '@tanstack/react-query';
import { CourseRun, ListedCourse } from '../../../contracts/courses/courses-api.schema.ts';
import { Accepted, Enrollment } from '../../../contracts/courses/enrollments-api.schema.ts';
import { listQuery } from './http/pages.ts';
import { type Query, request } from './http/request.ts';

/** Courses with their runs. */
export const coursesQuery = listQuery({
  path: '/v1/courses',
  item: ListedCourse,
  query: {},
  meta: { topics: ['course', 'courseRun'] },
});

/** One course run with its seats, its queue and its money. */
export function courseRunQuery(slug: string, runSlug: string) {
  return queryOptions({
    queryKey: ['/v1/courses', slug, runSlug],
    queryFn: ({ signal }) => request(CourseRun, `/v1/courses/${slug}/runs/${runSlug}`, { signal }),
    meta: { topics: ['courseRun', 'enrollment'] },
  });
}

/** Enrollments under these filters. */
export function enrollmentsQuery(query: Query, limit = 50) {
  return listQuery({
    path: '/v1/enrollments',
    item: Enrollment,
    query,
    limit,
    meta: { topics: ['enrollment', 'gate'] },
  });
}

/** One enrollment. */
export function enrollmentQuery(id: string) {
  return queryOptions({
    queryKey: ['/v1/enrollments', id],
    queryFn: ({ signal }) => request(Enrollment, `/v1/enrollments/${id}`, { signal }),
    meta: { topics: ['enrollment', 'gate', 'run'] },
  });
}

/** Enrolls a person. `once` is the same for each try of one enrollment. @throws ApiProblem */
export function enroll(learner: { course: string; run: string; contact: string }, once: string): Promise<Enrollment> {
  return request(Enrollment, '/v1/enrollments', { method: 'POST', body: learner, once });
}

/** Answers the offer of a seat in the learner's name. @throws ApiProblem */
export function answerOffer(id: string, answer: 'accept' | 'decline'): Promise<Accepted> {
  return request(Accepted, `/v1/enrollments/${id}/offer`, { method: 'POST', body: { answer } });
}

/** Takes a learner out of the course, for a reason. @throws ApiProblem */
export function withdraw(id: string, reason: string): Promise<Accepted> {
  return request(Accepted, `/v1/enrollments/${id}/withdraw`, { method: 'POST', body: { reason } });
}
