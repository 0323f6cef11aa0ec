import { queryOptions } from '@tanstack/react-query';
import type { CourseInput, CourseRunInput } from '../../../contracts/courses/course.schema.ts';
import type { Course, CourseRun } from '../../../contracts/courses/courses-api.schema.ts';
import type { QueryOf } from '../../../contracts/http/route.ts';
import { courseRoutes } from '../../../contracts/courses/courses.routes.ts';
import type { Accepted, Enrollment, MoreTimeAnswer } from '../../../contracts/courses/enrollments-api.schema.ts';
import type { EnrollmentRequest, MoreTime } from '../../../contracts/courses/enrollment.schema.ts';
import { enrollmentRoutes } from '../../../contracts/courses/enrollments.routes.ts';
import { listQuery } from './http/pages.ts';
import { NotAsSeen, orNone } from './http/problem.ts';
import { request } from './http/request.ts';

/** Courses with their runs. */
export const coursesQuery = listQuery({
  route: courseRoutes.list,
  call: {},
  meta: { topics: ['course', 'courseRun'] },
});

/** One course. */
export function courseQuery(slug: string) {
  return queryOptions({
    queryKey: [courseRoutes.list.path, slug],
    queryFn: ({ signal }) => request(courseRoutes.get, { slug, signal }),
    meta: { topics: ['course'] },
  });
}

/** One course run with its seats, its queue and its money. */
export function courseRunQuery(slug: string, runSlug: string) {
  return queryOptions({
    queryKey: [courseRoutes.list.path, slug, runSlug],
    queryFn: ({ signal }) => request(courseRoutes.getRun, { slug, runSlug, signal }),
    meta: { topics: ['courseRun', 'enrollment'] },
  });
}

/** Enrollments under these filters. */
export function enrollmentsQuery(query: QueryOf<typeof enrollmentRoutes.list>, limit = 50) {
  return listQuery({
    route: enrollmentRoutes.list,
    call: { query },
    limit,
    meta: { topics: ['enrollment', 'gate'] },
  });
}

/** One enrollment. */
export function enrollmentQuery(id: string) {
  return queryOptions({
    queryKey: [enrollmentRoutes.list.path, id],
    queryFn: ({ signal }) => request(enrollmentRoutes.get, { id, signal }),
    meta: { topics: ['enrollment', 'gate', 'run'] },
  });
}

/** Enrolls a person. `once` is the same for each try of one enrollment. @throws ApiProblem */
export function enroll(learner: EnrollmentRequest, once: string): Promise<Enrollment> {
  return request(enrollmentRoutes.request, { body: learner, once });
}

/** Answers the offer of a seat in the learner's name. @throws ApiProblem */
export function answerOffer(id: string, answer: 'accept' | 'decline'): Promise<Accepted> {
  return request(enrollmentRoutes.answer, { id, body: { answer } });
}

/** Keeps the offered and held seats of learners for longer. @throws ApiProblem */
export function giveMoreTime(more: MoreTime): Promise<MoreTimeAnswer> {
  return request(enrollmentRoutes.moreTime, { body: more });
}

/** Takes a learner out of the course, for a reason. @throws ApiProblem */
export function withdraw(id: string, reason: string): Promise<Accepted> {
  return request(enrollmentRoutes.withdraw, { id, body: { reason } });
}

/** Makes a course, or changes the one that was `seen`. @throws ApiProblem, NotAsSeen */
export async function saveCourse(slug: string, course: CourseInput, seen: Course | null): Promise<Course> {
  const now = await orNone(request(courseRoutes.get, { slug }));
  if (now?.rev !== seen?.rev) throw new NotAsSeen(seen === null);
  return request(courseRoutes.put, { slug, body: course });
}

/** Makes a run of a course, or changes the one whose details were `seen`. @throws ApiProblem, NotAsSeen */
export async function saveCourseRun(
  slug: string,
  runSlug: string,
  run: CourseRunInput,
  seen: CourseRunInput | null,
): Promise<CourseRun> {
  const now = await orNone(request(courseRoutes.getRun, { slug, runSlug }));
  // Its revision rises with each seat.
  if (JSON.stringify(now?.details ?? null) !== JSON.stringify(seen)) throw new NotAsSeen(seen === null);
  return request(courseRoutes.putRun, { slug, runSlug, body: run });
}

/** Takes a withdrawal back that waits for a decision. @throws ApiProblem */
export function stay(id: string): Promise<Accepted> {
  return request(enrollmentRoutes.stay, { id });
}
