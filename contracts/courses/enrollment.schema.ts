import { z } from 'zod';
import { ExternalId } from '../contacts/events-api.schema.ts';
import { CourseSlug } from './course.schema.ts';

/** An id that the caller gives; it is in links and log lines. */
const callersId = z
  .string()
  .max(200)
  .regex(/^[\x21-\x7e]+$/, 'Expected visible ASCII characters');
const uuid = z.uuid();
const percent = z.number().min(0).max(100);

/**
 * `POST /v1/enrollments`: a learner asks for a place: slugs of the course and its run, and the contact's `externalId`. Another contact with the
 * same address, whatever its case, who is in the course run already is probably the same person: the request is refused unless
 * `allowSameAddress` says that two people share it.
 */
export const EnrollmentRequest = z
  .strictObject({
    course: CourseSlug,
    run: CourseSlug,
    contact: ExternalId,
    allowSameAddress: z.boolean().exactOptional(),
  })
  .meta({ id: 'EnrollmentRequest' });
export type EnrollmentRequest = z.infer<typeof EnrollmentRequest>;

/** `POST /v1/enrollments/{id}/offer`: what the learner says to an offered seat. */
export const OfferAnswer = z.strictObject({ answer: z.enum(['accept', 'decline']) }).meta({ id: 'OfferAnswer' });
export type OfferAnswer = z.infer<typeof OfferAnswer>;

/** `POST /v1/enrollments/{id}/withdraw`: the learner wants to leave; `reason` is shown to the person who decides about the refund. */
export const WithdrawRequest = z
  .strictObject({ reason: z.string().trim().min(1).max(1_000) })
  .meta({ id: 'WithdrawRequest' });
export type WithdrawRequest = z.infer<typeof WithdrawRequest>;

/** Enrollments that one call gives more time. */
const extendedAtOnce = 200;

/**
 * `POST /v1/enrollments/more-time`: until when seats are kept that are offered to learners, or held while they pay. It makes none shorter, and each
 * is judged by itself.
 */
export const MoreTime = z
  .strictObject({
    ids: z.array(uuid).min(1).max(extendedAtOnce),
    until: z.iso.datetime(),
    reason: z.string().trim().min(1).max(1_000),
  })
  .meta({ id: 'MoreTime' });
export type MoreTime = z.infer<typeof MoreTime>;

/**
 * One piece of learning, in the verbs of xAPI and cmi5 that count here. `id` is the source's own and unique in the workspace: the same one
 * twice counts once. `scorePercent` is of the work reported, `progressPercent` of the whole course so far; both count to a hundredth, and finer
 * fractions are rounded.
 */
export const ProgressEvent = z
  .strictObject({
    id: callersId,
    enrollment: uuid,
    verb: z.enum(['started', 'progressed', 'passed', 'failed', 'completed', 'waived']),
    scorePercent: percent.exactOptional(),
    progressPercent: percent.exactOptional(),
    occurredAt: z.iso.datetime({ offset: true }),
  })
  .meta({ id: 'ProgressEvent' });
export type ProgressEvent = z.infer<typeof ProgressEvent>;

/** `POST /v1/progress`: 1–1,000 events, as many as `POST /v1/events` takes; each is validated by itself. */
export const ProgressReport = z
  .strictObject({ events: z.array(ProgressEvent).min(1).max(1_000) })
  .meta({ id: 'ProgressReport' });

/** The part of the call that is refused as a whole. */
export const ProgressEnvelope = z.strictObject({ events: z.array(z.unknown()).min(1).max(1_000) });
