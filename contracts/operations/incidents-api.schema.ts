import { z } from 'zod';
import { RunStatus } from '../runs/runs-api.schema.ts';
import { Id, Instant, JsonRecord, PageQuery } from '../core/values.schema.ts';

/** Whether an incident needs a person, is ignored for now, or is over. */
export const IncidentState = z.enum(['open', 'ignored', 'resolved']);

/**
 * Something that a person must look at. `size` is how many things it hurts, `owner` the member who looks after it. One that is ignored is open
 * again by itself at `until`, or once its size is greater than `above`.
 */
export const Incident = z
  .strictObject({
    id: Id,
    runId: Id.nullable(),
    kind: z.string(),
    message: z.string(),
    detail: JsonRecord,
    state: IncidentState,
    size: z.int(),
    owner: z.strictObject({ id: Id, name: z.string() }).nullable(),
    ignored: z.strictObject({ until: Instant, above: z.int(), reason: z.string() }).nullable(),
    openedAt: Instant,
    resolvedAt: Instant.nullable(),
  })
  .meta({ id: 'Incident' });
/** Something that a person must look at. */
export type Incident = z.infer<typeof Incident>;

/** A run that an incident is about: where it stands, and whom it is about. */
export const HurtRun = z
  .strictObject({
    id: Id,
    title: z.string(),
    status: RunStatus,
    person: z.string().nullable(),
    step: z.string().nullable(),
  })
  .meta({ id: 'HurtRun' });
/** A run that an incident is about. */
export type HurtRun = z.infer<typeof HurtRun>;

/** What was done about an incident; `by` is null where it happened by itself. `words` are the note or the reason. */
export const IncidentAct = z
  .strictObject({
    id: Id,
    at: Instant,
    act: z.string(),
    by: z.string().nullable(),
    to: z.string().nullable(),
    words: z.string().nullable(),
  })
  .meta({ id: 'IncidentAct' });
/** What was done about an incident. */
export type IncidentAct = z.infer<typeof IncidentAct>;

/**
 * An incident with the newest of the `runCount` runs that it is about, what was done about it, the newest first, and how a person resolved the
 * last one of its kind.
 */
export const IncidentDetail = Incident.extend({
  runs: z.array(HurtRun),
  runCount: z.int(),
  acts: z.array(IncidentAct),
  before: z.strictObject({ at: Instant, by: z.string().nullable(), note: z.string(), message: z.string() }).nullable(),
}).meta({ id: 'IncidentDetail' });
/** An incident with what it is about and what was done. */
export type IncidentDetail = z.infer<typeof IncidentDetail>;

/** Filters of the list of incidents. `owner=me`: those that the caller looks after. */
export const IncidentQuery = PageQuery.extend({
  state: IncidentState.optional(),
  runId: Id.optional(),
  owner: z.literal('me').optional(),
});
/** Filters of the list of incidents. */
export type IncidentQuery = z.infer<typeof IncidentQuery>;

/** How many incidents are open, the caller's among them, and how many are ignored. */
export const IncidentCounts = z
  .strictObject({ open: z.int(), mine: z.int(), ignored: z.int() })
  .meta({ id: 'IncidentCounts' });
/** How many incidents are open. */
export type IncidentCounts = z.infer<typeof IncidentCounts>;

/** What was done about an incident, in words for readers of the audit log. */
export const IncidentResolution = z
  .strictObject({ note: z.string().trim().min(1).max(2_000) })
  .meta({ id: 'IncidentResolution' });
/** What was done about an incident. */
export type IncidentResolution = z.infer<typeof IncidentResolution>;

/** Who is to look after an incident, null for nobody; `was` is who does, as the caller knows it, so that nobody takes it from another unseen. */
export const IncidentOwner = z
  .strictObject({ memberId: Id.nullable(), was: Id.nullable() })
  .meta({ id: 'IncidentOwner' });
/** Who is to look after an incident. */
export type IncidentOwner = z.infer<typeof IncidentOwner>;

/** Days for which an incident may be ignored at most: what is worth less is resolved. */
export const ignoredDays = 90;

/** Until when an incident is ignored, and why. It comes back before that once its size is greater than `above`, its size of now unless given. */
export const IncidentIgnored = z
  .strictObject({
    until: Instant,
    above: z.int().min(1).max(1_000_000).optional(),
    reason: z.string().trim().min(1).max(2_000),
  })
  .meta({ id: 'IncidentIgnored' });
/** Until when an incident is ignored, and why. */
export type IncidentIgnored = z.infer<typeof IncidentIgnored>;
