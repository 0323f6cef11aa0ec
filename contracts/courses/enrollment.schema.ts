import { z } from 'zod';
import { CourseSlug } from './course.schema.ts';
import type * as data from './enrollment.ts';

const externalId = z.string().min(1).max(200);
/** An id that the caller gives; it is in links and log lines. */
const callersId = z
  .string()
  .max(200)
  .regex(/^[\x21-\x7e]+$/, 'Expected visible ASCII characters');
const uuid = z.uuid();
const percent = z.number().min(0).max(100).multipleOf(0.01);

/** `POST /v1/enrollments`: one learner asks for a place in a course run. */
export const EnrollmentRequest = z
  .strictObject({ course: CourseSlug, run: CourseSlug, contact: externalId })
  .meta({ id: 'EnrollmentRequest' }) satisfies z.ZodType<data.EnrollmentRequest>;

/** `POST /v1/enrollments/{id}/offer`. */
export const OfferAnswer = z
  .strictObject({ answer: z.enum(['accept', 'decline']) })
  .meta({ id: 'OfferAnswer' }) satisfies z.ZodType<data.OfferAnswer>;

/** `POST /v1/enrollments/{id}/withdraw`. */
export const WithdrawRequest = z
  .strictObject({ reason: z.string().trim().min(1).max(1_000) })
  .meta({ id: 'WithdrawRequest' }) satisfies z.ZodType<data.WithdrawRequest>;

/** One piece of learning, as a source reports it. */
export const ProgressEvent = z
  .strictObject({
    id: callersId,
    enrollment: uuid,
    verb: z.enum(['started', 'progressed', 'passed', 'failed', 'completed', 'waived']),
    scorePercent: percent.exactOptional(),
    progressPercent: percent.exactOptional(),
    occurredAt: z.iso.datetime({ offset: true }),
  })
  .meta({ id: 'ProgressEvent' }) satisfies z.ZodType<data.ProgressEvent>;

/** `POST /v1/progress`: 1–1,000 events, as many as `POST /v1/events` takes. */
export const ProgressReport = z
  .strictObject({ events: z.array(ProgressEvent).min(1).max(1_000) })
  .meta({ id: 'ProgressReport' });
