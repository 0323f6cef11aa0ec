import { z } from 'zod';
import { JourneySlug } from '../journeys/journeys-api.schema.ts';
import { Id, Instant } from '../core/values.schema.ts';

/** What can be found on record of a journey, or a mail of it, that did not come to a person; the API's words for it are stable. */
export const findingCodes = [
  'event.none',
  'event.came',
  'event.history',
  'event.otherVersion',
  'event.filter',
  'event.filterNow',
  'event.tooLate',
  'event.withoutKey',
  'journey.notPublished',
  'journey.stopped',
  'journey.kept',
  'journey.dropped',
  'journey.wasPaused',
  'reentry',
  'entered',
  'step.notInVersion',
  'step.otherBranch',
  'step.branch',
  'step.skipped',
  'step.failed',
  'step.waits',
  'run.ended',
  'run.paused',
  'run.ahead',
  'consent.closed',
  'mail.sent',
  'mail.returned',
  'mail.heldBack',
  'mail.refused',
  'mail.waits',
  'mail.onItsWay',
  'mail.unknown',
  'nothing.maybeFilter',
  'nothing',
] as const;
/** What can be found on record. */
export type FindingCode = (typeof findingCodes)[number];

/** Of which journey, or which mail of it, a person asks why it did not come; of a mail in their newest run unless another one is named. */
export const AbsenceQuery = z.strictObject({
  journey: JourneySlug,
  step: z.string().min(1).max(64).optional().meta({ description: 'a step of the journey that sends a mail' }),
  run: Id.optional(),
});
/** Of which journey or mail a person asks. */
export type AbsenceQuery = z.infer<typeof AbsenceQuery>;

/**
 * One thing on record. `isStop`: it kept the journey or the mail from coming. `at` is when it was so, `until` how long it holds; `what` names
 * what the code speaks of (events; a step, the branch it took, the branch of the mail), `reason` is as it was recorded.
 */
export const AbsenceFinding = z
  .strictObject({
    code: z.enum(findingCodes),
    isStop: z.boolean(),
    at: Instant.nullable(),
    until: Instant.nullable(),
    runId: Id.nullable(),
    version: z.int().nullable(),
    what: z.array(z.string()),
    reason: z.string().nullable(),
  })
  .meta({ id: 'AbsenceFinding' });
/** One thing on record. */
export type AbsenceFinding = z.infer<typeof AbsenceFinding>;

/**
 * Why a journey, or a mail of it, did not come to a person, by what is on record: `missing` (the last finding says why), `ahead` (it may come
 * yet), `came`, or `unknown` (nothing on record says why). `mails` are the steps that one can ask about.
 */
export const Absence = z
  .strictObject({
    journey: z.strictObject({ slug: JourneySlug, name: z.string() }),
    step: z.string().nullable(),
    outcome: z.enum(['missing', 'ahead', 'came', 'unknown']),
    findings: z.array(AbsenceFinding),
    mails: z.array(z.strictObject({ step: z.string(), title: z.string() })),
  })
  .meta({ id: 'Absence' });
/** Why a journey or a mail did not come. */
export type Absence = z.infer<typeof Absence>;
