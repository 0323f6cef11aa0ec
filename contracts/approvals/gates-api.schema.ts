import { z } from 'zod';
import { assigneeKinds, commentRules } from '../core/machine.ts';
import { RunKind, RunSubject } from '../runs/run-kinds.schema.ts';
import { Id, Instant, JsonRecord, PageQuery } from '../core/values.schema.ts';
import { GateField } from './gate-field.schema.ts';
import { MailView } from '../messaging/test-mails-api.schema.ts';

/** Where a gate stands. */
export const GateStatus = z.enum(['open', 'decided', 'expired', 'withdrawn']);
/** Where a gate stands. */
export type GateStatus = z.infer<typeof GateStatus>;

/** What was decided, with what numbers, by whom, when, from where. */
export const MadeDecision = z
  .strictObject({
    by: z.strictObject({ kind: z.enum(['member', 'apiKey']), id: Id, name: z.string() }),
    outcome: z.string(),
    comment: z.string().nullable(),
    form: JsonRecord,
    via: z.enum(['api', 'mail']),
    at: Instant,
  })
  .meta({ id: 'GateVote' });
/** What was decided. */
export type MadeDecision = z.infer<typeof MadeDecision>;

/**
 * A gate: what is asked, of whom, until when, and what came of it. `mine`: the caller is an assignee. `paused`: its run is paused, so the deadline
 * decides nothing until that goes on.
 */
export const Gate = z
  .strictObject({
    id: Id,
    runId: Id,
    runTitle: z.string(),
    runKind: RunKind,
    subject: RunSubject.nullable(),
    /** External id of whom the run is about, and their name where it is known. */
    contact: z.string().nullable(),
    contactName: z.string().nullable(),
    step: z.string(),
    round: z.int(),
    title: z.string(),
    outcomes: z.array(
      z.strictObject({
        name: z.string(),
        label: z.string(),
        comment: z.enum(commentRules),
        /** What a decision with this outcome must bring in `form`. */
        fields: z.array(GateField),
        /** What comes after this outcome, in words; null where it is not known. */
        follows: z.string().nullable(),
      }),
    ),
    assignee: z.strictObject({ kind: z.enum(assigneeKinds), id: z.string() }),
    content: JsonRecord,
    contentHash: z.string(),
    dueAt: Instant.nullable(),
    onTimeout: z.string().nullable(),
    paused: z.boolean(),
    status: GateStatus,
    outcome: z.string().nullable(),
    openedAt: Instant,
    decidedAt: Instant.nullable(),
    votes: z.array(MadeDecision),
    mine: z.boolean(),
    rev: z.int(),
  })
  .meta({ id: 'Gate' });
/** A gate. */
export type Gate = z.infer<typeof Gate>;

/** A mail that an outcome would send at once, as its reader would see it, or in `fault` why it cannot be shown. */
export const GateMail = z
  .strictObject({
    outcome: z.string(),
    step: z.string(),
    title: z.string(),
    mail: MailView.nullable(),
    fault: z.string().nullable(),
  })
  .meta({ id: 'GateMail' });
/** A mail that an outcome would send at once. */
export type GateMail = z.infer<typeof GateMail>;

/** Which of the mails of an approval. */
export const GateMailPlace = GateMail.pick({ outcome: true, step: true }).meta({ id: 'GateMailPlace' });
/** Which of the mails of an approval. */
export type GateMailPlace = z.infer<typeof GateMailPlace>;

/** The mails that the outcomes of an approval would send at once. */
export const GateMails = z.strictObject({ mails: z.array(GateMail) }).meta({ id: 'GateMails' });
/** The mails that the outcomes of an approval would send at once. */
export type GateMails = z.infer<typeof GateMails>;

/** Filters of the list of gates; `assignedTo=me` leaves those that the caller may decide. `sort` says which come first. */
export const GateQuery = PageQuery.extend({
  status: GateStatus.optional(),
  assignedTo: z.literal('me').optional(),
  runId: Id.optional(),
  kind: RunKind.optional(),
  sort: z.enum(['newest', 'due', 'decided']).default('newest').meta({
    description: 'the newest; the next to be due, then those that wait longest; the last to be decided',
  }),
});
/** Filters of the list of gates. */
export type GateQuery = z.infer<typeof GateQuery>;

/** How many gates are open, and how many of them the caller may decide. */
export const GateCounts = z.strictObject({ mine: z.int(), open: z.int() }).meta({ id: 'GateCounts' });
/** How many gates are open. */
export type GateCounts = z.infer<typeof GateCounts>;

/** A decision; `round` and `expectedHash` say what the person saw, so that it never passes other content. */
export const Decision = z
  .strictObject({
    outcome: z.string().min(1).max(100),
    round: z.int().min(1),
    expectedHash: z.string().min(1).max(100),
    comment: z.string().max(5_000).optional(),
    form: JsonRecord.optional(),
  })
  .meta({ id: 'Decision' });
/** A decision. */
export type Decision = z.infer<typeof Decision>;
