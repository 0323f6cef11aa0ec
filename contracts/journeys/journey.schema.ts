import { z } from 'zod';
import { journeyLimits } from './limits.ts';
import { DefinitionSlug, EventTrigger, IsoDuration, JourneyNodes, LocalTime } from './nodes.schema.ts';
import { Execution } from '../runs/execution.schema.ts';

const line = z.string().trim().min(1).max(journeyLimits.line);
const triggers = z.array(EventTrigger).max(journeyLimits.entries);
const exitWhen: z.ZodType<readonly EventTrigger[]> = triggers;
const entry: z.ZodType<readonly EventTrigger[]> = triggers.min(1);

/**
 * How often a contact may go through. `once`: one run ever. `afterExit`: again, when no run of theirs is live.
 * `perKey`: one run for each key of the entry event.
 */
const Reentry = z.enum(['once', 'afterExit', 'perKey']);
/** How often a contact may go through. */
export type Reentry = z.infer<typeof Reentry>;

/**
 * Hours in which no message is sent. `zone`: `contact` (theirs, else the journey's, else the workspace's), or an IANA name.
 * `over`: a message that falls in them waits for their end, or is left out.
 */
const QuietHours = z.strictObject({ from: LocalTime, to: LocalTime, zone: line, over: z.enum(['hold', 'skip']) });
/** Hours in which no message is sent. */
export type QuietHours = z.infer<typeof QuietHours>;

/** What becomes of those who would enter while the journey is paused: they enter when it goes on (`keep`), or never (`drop`). */
const PausedEntries = z.enum(['keep', 'drop']);
/** What becomes of those who would enter while the journey is paused. */
export type PausedEntries = z.infer<typeof PausedEntries>;

/**
 * A journey as it is stored, pushed and run: plain JSON. Steps follow each other and nest as the process reads; a branch
 * that ends goes on after its node. `engineVersion` selects the meaning; `zone` (IANA) is for contacts without their own. `goal` is what the
 * journey is for: counted when the event occurs within the time after entry; it does not end the run. `lateness` is how long after it occurred an
 * event may come and still let a contact in (`defaultLateness` when left out); one that comes later is history. `pausedEntries` is `keep` when left out. `execution` is for who enters from
 * then on: without it people who are let in together are pooled, and who enters by an event is dedicated unless the workspace says otherwise. This is its shape: what the
 * shape cannot say, `validateDefinition` in the domain does.
 */
export const JourneyDefinition = z
  .strictObject({
    engineVersion: z.literal(1),
    slug: DefinitionSlug,
    name: line,
    description: z.string().min(1).max(journeyLimits.body).exactOptional(),
    zone: line.exactOptional(),
    entry,
    reentry: Reentry,
    exitWhen,
    goal: z.strictObject({ when: EventTrigger, within: IsoDuration }).exactOptional(),
    quietHours: QuietHours.exactOptional(),
    lateness: IsoDuration.exactOptional(),
    pausedEntries: PausedEntries.exactOptional(),
    execution: Execution.exactOptional(),
    steps: JourneyNodes,
  })
  .meta({ id: 'JourneyDefinition' });
/** A journey as it is stored, pushed and run. */
export type JourneyDefinition = z.infer<typeof JourneyDefinition>;
