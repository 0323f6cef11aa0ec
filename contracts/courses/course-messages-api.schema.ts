import { z } from 'zod';
import { Id, Instant } from '../core/values.schema.ts';

/** Which learners of a course run a message goes to: all who are under way, or those who stand somewhere. */
export const Audience = z.enum(['open', 'active', 'awaitingPayment', 'offered', 'waitlisted']);
/** Which learners of a course run a message goes to. */
export type Audience = z.infer<typeof Audience>;

/** Which learners a message would go to. */
export const RecipientsQuery = z.strictObject({ audience: Audience });
/** Which learners a message would go to. */
export type RecipientsQuery = z.infer<typeof RecipientsQuery>;

/** How many learners a message would go to, how many of them have no address, and the first of them by name. */
export const Recipients = z
  .strictObject({ count: z.int(), withoutAddress: z.int(), first: z.array(z.string()) })
  .meta({ id: 'Recipients' });
/** How many learners a message would go to. */
export type Recipients = z.infer<typeof Recipients>;

/**
 * A message to the learners of a course run: plain words, which are sent as they are. `recipients` is how many it goes to as the caller knows it:
 * where that has changed it is refused.
 */
export const CourseMessageInput = z
  .strictObject({
    audience: Audience,
    subject: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .regex(/^[^\r\n]*$/, 'Expected one line'),
    words: z.string().trim().min(1).max(10_000),
    recipients: z.int().min(1),
  })
  .meta({ id: 'CourseMessageInput' });
/** A message to the learners of a course run. */
export type CourseMessageInput = z.infer<typeof CourseMessageInput>;

/**
 * A message that was sent to the learners of a course run, and how far it is: mails that went out, are under way, may have arrived or not, and did
 * not go out (an address that is missing or closed, a refusal, a learner who had left).
 */
export const CourseMessage = z
  .strictObject({
    id: Id,
    audience: Audience,
    subject: z.string(),
    words: z.string(),
    recipients: z.int(),
    by: z.string().nullable(),
    sentAt: Instant,
    sent: z.int(),
    underWay: z.int(),
    unknown: z.int(),
    notSent: z.int(),
  })
  .meta({ id: 'CourseMessage' });
/** A message that was sent to the learners of a course run. */
export type CourseMessage = z.infer<typeof CourseMessage>;
