import { queryOptions } from '@tanstack/react-query';
import { CourseRun, ListedCourse } from '../../../contracts/courses/courses-api.schema.ts';
import { Enrollment } from '../../../contracts/courses/enrollments-api.schema.ts';
import type { ListRequest } from './pages.ts';
import { request, type RequestInit } from './request.ts';

/** Courses with their runs. */
export const coursesRequest: ListRequest<ListedCourse> = {
  path: '/v1/courses',
  item: ListedCourse,
  query: {},
  meta: { topics: ['course', 'courseRun'] },
};

/** One course run with its seats, its queue and its money. */
export function courseRunQuery(slug: string, runSlug: string) {
  return queryOptions({
    queryKey: ['/v1/courses', slug, runSlug],
    queryFn: ({ signal }) => request(CourseRun, `/v1/courses/${slug}/runs/${runSlug}`, { signal }),
    meta: { topics: ['courseRun', 'enrollment'] },
  });
}

/** Enrollments under these filters. */
export function enrollmentsRequest(query: NonNullable<RequestInit['query']>, limit = 50): ListRequest<Enrollment> {
  return { path: '/v1/enrollments', item: Enrollment, query, limit, meta: { topics: ['enrollment', 'gate'] } };
}

/** One enrollment. */
export function enrollmentQuery(id: string) {
  return queryOptions({
    queryKey: ['/v1/enrollments', id],
    queryFn: ({ signal }) => request(Enrollment, `/v1/enrollments/${id}`, { signal }),
    meta: { topics: ['enrollment', 'gate', 'run'] },
  });
}
