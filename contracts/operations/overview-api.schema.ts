import { z } from 'zod';
import { Id, Instant } from '../core/values.schema.ts';

/** An hour of work: how many runs began, ended well and failed in it. */
export const WorkHour = z
  .strictObject({ at: Instant, started: z.int(), finished: z.int(), failed: z.int() })
  .meta({ id: 'WorkHour' });
/** An hour of work. */
export type WorkHour = z.infer<typeof WorkHour>;

/**
 * Something that happens by itself at an instant unless a person acts before: an approval closes, a held or offered seat is freed.
 * `contactName` is the name, or else the external id, of whom it is about; null where it is about no one.
 */
export const Deadline = z
  .strictObject({
    at: Instant,
    kind: z.enum(['gate', 'hold', 'offer']),
    title: z.string(),
    contactName: z.string().nullable(),
    runId: Id,
    gateId: Id.nullable(),
  })
  .meta({ id: 'Deadline' });
/** Something that happens by itself. */
export type Deadline = z.infer<typeof Deadline>;

/**
 * What needs the caller, what runs, what broke. `live` counts runs that have not ended; `inTrouble` those of them that need
 * a person; `hours` are the last 24, the oldest first.
 */
export const Overview = z
  .strictObject({
    gates: z.strictObject({ mine: z.int(), open: z.int(), mineWithinDay: z.int(), nextDueAt: Instant.nullable() }),
    openIncidents: z.int(),
    live: z.strictObject({
      running: z.int(),
      waitingForPerson: z.int(),
      waitingForTime: z.int(),
      paused: z.int(),
      inTrouble: z.int(),
    }),
    hours: z.array(WorkHour),
    upcoming: z.array(Deadline),
  })
  .meta({ id: 'Overview' });
/** What needs the caller, what runs, what broke. */
export type Overview = z.infer<typeof Overview>;
