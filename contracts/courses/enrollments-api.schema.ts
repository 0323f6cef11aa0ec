import { z } from 'zod';
import { Id, Instant, PageQuery, Slug } from '../core/values.schema.ts';
import { RunTrouble } from '../runs/runs-api.schema.ts';

/**
 * Why an enrollment needs a person: its run was terminated, a decision waits, something is wrong with its run, the payment was refused, disputed or
 * is owed back, or its held or offered seat ends within an hour. The first that holds.
 */
export const Attention = z.enum(['stopped', 'decision', 'trouble', 'payment', 'ending']);

/**
 * An enrollment: its three facets, its seat and, while it can be paid, where. `position` is the place in the queue, 1 the
 * next. `name` is the contact's; `stepTitle` and `nextDueAt` say what happens next; `gateId` is a decision that it waits for;
 * `trouble` is what is wrong, `attention` why it needs a person, and `actions` are what the caller may do now.
 */
export const Enrollment = z
  .strictObject({
    id: Id,
    runId: Id,
    course: Slug,
    run: Slug,
    contact: z.string(),
    name: z.string().nullable(),
    courseTitle: z.string(),
    runTitle: z.string(),
    priceMinor: z.int(),
    currency: z.string(),
    stepTitle: z.string().nullable(),
    nextDueAt: Instant.nullable(),
    gateId: Id.nullable(),
    trouble: RunTrouble.nullable(),
    attention: Attention.nullable(),
    actions: z.array(z.enum(['offer', 'withdraw', 'stay', 'moreTime'])),
    attempt: z.int(),
    lifecycle: z.string(),
    payment: z.string(),
    access: z.string(),
    outcome: z.string().nullable(),
    seat: z.strictObject({ kind: z.enum(['hold', 'offer', 'confirmed']), expiresAt: Instant.nullable() }).nullable(),
    position: z.int().nullable(),
    checkoutUrl: z.string().nullable(),
    requestedAt: Instant,
    endedAt: Instant.nullable(),
    rev: z.int(),
  })
  .meta({ id: 'Enrollment' });
/** An enrollment. */
export type Enrollment = z.infer<typeof Enrollment>;

/**
 * The order of the list: the newest first; `place`: those in the queue, its head first; `ending`: held and offered seats, the next to end first.
 */
export const EnrollmentOrder = z.enum(['newest', 'place', 'ending']);
/** The order of the list. */
export type EnrollmentOrder = z.infer<typeof EnrollmentOrder>;

/** The words that `z.stringbool` takes, in small letters or capitals. */
const yesOrNo = ['true', '1', 'yes', 'on', 'y', 'enabled', 'false', '0', 'no', 'off', 'n', 'disabled'];

/** Filters of the list, and its order. */
export const EnrollmentsQuery = PageQuery.extend({
  order: EnrollmentOrder.optional().describe(
    'newest first; place: the queue from its head; ending: held and offered seats, the next to end first',
  ),
  course: Slug.optional(),
  run: Slug.optional(),
  contact: z.string().min(1).max(200).optional(),
  lifecycle: z.string().min(1).max(40).optional(),
  payment: z.string().min(1).max(40).optional(),
  open: z.stringbool().meta({ description: 'whether they are under way', enum: yesOrNo }).optional(),
  attention: z.stringbool().meta({ description: 'whether they need a person', enum: yesOrNo }).optional(),
  q: z.string().trim().min(1).max(200).optional().describe('a part of a contact’s external id, address or name'),
});
/** Filters of the list, and its order. */
export type EnrollmentsQuery = z.infer<typeof EnrollmentsQuery>;

/** What a message to an enrollment came to: it is stored and will reach the run. */
export const Accepted = z.strictObject({ accepted: z.literal(true) }).meta({ id: 'Accepted' });
/** What a message came to. */
export type Accepted = z.infer<typeof Accepted>;

/** Who has more time now, and who has not, each with a code and in words. */
export const MoreTimeAnswer = z
  .strictObject({
    given: z.array(Id),
    refused: z.array(z.strictObject({ id: Id, code: z.string(), message: z.string() })),
  })
  .meta({ id: 'MoreTimeAnswer' });
/** Who has more time now. */
export type MoreTimeAnswer = z.infer<typeof MoreTimeAnswer>;

/** What a report of progress came to; `rejected` names each event by its place in the call. */
export const ProgressAnswer = z
  .strictObject({
    accepted: z.int(),
    duplicates: z.int(),
    rejected: z.array(z.strictObject({ index: z.int(), code: z.string(), message: z.string() })),
  })
  .meta({ id: 'ProgressAnswer' });
/** What a report of progress came to. */
export type ProgressAnswer = z.infer<typeof ProgressAnswer>;

/** What a provider's webhook came to. */
export const HookAnswer = z.strictObject({ received: z.literal(true) }).meta({ id: 'HookAnswer' });
/** What a provider's webhook came to. */
export type HookAnswer = z.infer<typeof HookAnswer>;
