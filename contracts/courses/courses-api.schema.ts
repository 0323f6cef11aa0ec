import { z } from 'zod';
import { CourseInput, CourseRunInput } from './course.schema.ts';
import { Id, Instant, PageQuery, Slug } from '../core/values.schema.ts';

/** A course as it is. */
export const Course = z.strictObject({ id: Id, slug: Slug, ...CourseInput.shape, rev: z.int() }).meta({ id: 'Course' });
/** A course as it is. */
export type Course = z.infer<typeof Course>;

/** A course run as a list shows it. */
export const ListedCourseRun = z
  .strictObject({
    slug: Slug,
    title: z.string(),
    startsAt: Instant.nullable(),
    capacity: z.int(),
    held: z.int(),
    confirmed: z.int(),
    waiting: z.int(),
  })
  .meta({ id: 'ListedCourseRun' });

/** A course with its runs, the newest first. */
export const ListedCourse = Course.extend({ runs: z.array(ListedCourseRun) }).meta({ id: 'ListedCourse' });
/** A course with its runs. */
export type ListedCourse = z.infer<typeof ListedCourse>;

/** Filters of the list of courses. */
export const CourseQuery = PageQuery;
/** Filters of the list of courses. */
export type CourseQuery = z.infer<typeof CourseQuery>;

/**
 * A course run with its seats; `held` counts holds and offers, `waiting` the queue. `counts` are enrollments by where they stand, and those that need a
 * person;
 * `money` has a row for each currency in which any came, in its smallest unit: what came, what went back (refunds, wherever they were made, and
 * what a payer's bank took) and what stands of it; and how many enrollments are paid, and owed a refund.
 */
export const CourseRun = z
  .strictObject({
    courseTitle: z.string(),
    counts: z.strictObject({ open: z.int(), attention: z.int(), byLifecycle: z.record(z.string(), z.int()) }),
    money: z.strictObject({
      currencies: z.array(
        z.strictObject({ currency: z.string(), cameMinor: z.int(), wentMinor: z.int(), standsMinor: z.int() }),
      ),
      paid: z.int(),
      refundDue: z.int(),
    }),
    id: Id,
    course: Slug,
    slug: Slug,
    details: CourseRunInput,
    seats: z.strictObject({ capacity: z.int(), held: z.int(), confirmed: z.int(), free: z.int(), waiting: z.int() }),
    rev: z.int(),
  })
  .meta({ id: 'CourseRun' });
/** A course run with its seats. */
export type CourseRun = z.infer<typeof CourseRun>;
