import { pageOf, Slug } from '../core/values.schema.ts';
import { Course, CourseQuery, CourseRun, ListedCourse } from './courses-api.schema.ts';
import { CourseInput, CourseRunInput } from './course.schema.ts';
import { defineRoute } from '../http/route.ts';

/** The endpoints of `/v1/courses`. */
export const courseRoutes = {
  list: defineRoute({
    method: 'GET',
    path: '/v1/courses',
    summary: 'Lists courses with their runs, newest first',
    access: 'courses:read',
    query: CourseQuery,
    answer: pageOf(ListedCourse),
  }),
  put: defineRoute({
    method: 'PUT',
    path: '/v1/courses/:slug',
    summary: 'Creates a course or changes it',
    access: 'courses:write',
    params: { slug: Slug },
    body: CourseInput,
    answer: Course,
  }),
  get: defineRoute({
    method: 'GET',
    path: '/v1/courses/:slug',
    summary: 'Shows a course',
    access: 'courses:read',
    params: { slug: Slug },
    answer: Course,
  }),
  putRun: defineRoute({
    method: 'PUT',
    path: '/v1/courses/:slug/runs/:runSlug',
    summary: 'Creates a course run or changes it; new seats are offered to those who wait',
    access: 'courses:write',
    params: { slug: Slug, runSlug: Slug },
    body: CourseRunInput,
    answer: CourseRun,
  }),
  getRun: defineRoute({
    method: 'GET',
    path: '/v1/courses/:slug/runs/:runSlug',
    summary: 'Shows a course run with its seats',
    access: 'courses:read',
    params: { slug: Slug, runSlug: Slug },
    answer: CourseRun,
  }),
};
