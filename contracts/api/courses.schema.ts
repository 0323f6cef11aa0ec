import { z } from 'zod';
import { CourseInput, CourseRunInput } from '../course.schema.ts';
import { Id, Slug } from './values.schema.ts';

/** A course as it is. */
export const Course = z.strictObject({ id: Id, slug: Slug, ...CourseInput.shape, rev: z.int() }).meta({ id: 'Course' });
/** A course as it is. */
export type Course = z.infer<typeof Course>;

/** A course run with its seats; `held` counts holds and offers, `waiting` the queue. */
export const CourseRun = z
  .strictObject({
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
