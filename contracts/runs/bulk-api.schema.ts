import { z } from 'zod';
import { Id, Instant, PageQuery, VersionNumber } from '../core/values.schema.ts';
import { RunCountQuery } from './runs-api.schema.ts';

/** What is asked of each of many runs. Runs that were chosen by a filter are asked once, those also that come to it before their turn. */
export const bulkRunKinds = ['retry', 'skip', 'pause', 'resume', 'cancel'] as const;
/** What is asked of each of many runs. */
export type BulkRunKind = (typeof bulkRunKinds)[number];

/**
 * All that the server does piece by piece: `move` takes runs of a journey to another version, `enter` lets in who was kept during its pause,
 * `enterMany` who was chosen, `switch` pauses, resumes or stops its runs with it.
 */
export const BulkKind = z.enum([...bulkRunKinds, 'move', 'enter', 'enterMany', 'switch']);
/** What the server does piece by piece. */
export type BulkKind = z.infer<typeof BulkKind>;

/** The most runs that a request may name; more are chosen by a filter. */
const mostNamed = 10_000;

/** Which runs: those named, or all that a filter leaves. */
export const BulkRuns = z.union([
  z.strictObject({ ids: z.array(Id).min(1).max(mostNamed) }),
  z.strictObject({ filter: RunCountQuery }),
]);
/** Which runs. */
export type BulkRuns = z.infer<typeof BulkRuns>;

/** Asks something of many runs, for a reason that the audit log keeps. */
export const BulkRequest = z
  .strictObject({ kind: z.enum(bulkRunKinds), runs: BulkRuns, reason: z.string().min(1).max(500) })
  .meta({ id: 'BulkRequest' });
/** Asks something of many runs. */
export type BulkRequest = z.infer<typeof BulkRequest>;

/** Where it stands: the last two are final; one that is `paused` goes on when it is resumed. */
export const BulkState = z.enum(['running', 'paused', 'done', 'cancelled']);

/**
 * An operation on many runs. Of `total`, as counted when it began, `done` took it and `refused` did not; the server goes on by itself.
 * `journey` and `version` are those of a `move`, `journey` of an `enter`, an `enterMany` and a `switch`. Of an `enterMany` `done` have entered,
 * `reasons` counts by their codes why the others did not, and `rate` is how many enter a minute at most.
 */
export const BulkOperation = z
  .strictObject({
    id: Id,
    kind: BulkKind,
    reason: z.string(),
    state: BulkState,
    journey: z.string().nullable(),
    version: z.int().nullable(),
    total: z.int(),
    done: z.int(),
    refused: z.int(),
    reasons: z.record(z.string(), z.int()),
    rate: z.int().nullable(),
    by: z.string(),
    createdAt: Instant,
    endedAt: Instant.nullable(),
  })
  .meta({ id: 'BulkOperation' });
/** An operation on many runs. */
export type BulkOperation = z.infer<typeof BulkOperation>;

/** A run that did not take it: a stable code, and why in words. */
export const BulkRefusal = z
  .strictObject({ runId: Id, title: z.string(), code: z.string(), message: z.string() })
  .meta({ id: 'BulkRefusal' });
/** A run that did not take it. */
export type BulkRefusal = z.infer<typeof BulkRefusal>;

/** Filters of the list of operations; `journey` is a slug. */
export const BulkQuery = PageQuery.extend({
  state: BulkState.optional(),
  kind: BulkKind.optional(),
  journey: z.string().max(64).optional(),
});
/** Filters of the list of operations. */
export type BulkQuery = z.infer<typeof BulkQuery>;

/**
 * Who would be moved to a version: the live runs of the others, by where they stand. `why` they stay: they have `passed` a step that is another one
 * there, or stand in one that is `gone`.
 */
export const MovePreview = z
  .strictObject({
    version: VersionNumber,
    moves: z.int(),
    stays: z.int(),
    groups: z.array(
      z.strictObject({
        from: z.int(),
        step: z.string().nullable(),
        title: z.string(),
        count: z.int(),
        why: z.enum(['passed', 'gone']).nullable(),
      }),
    ),
  })
  .meta({ id: 'MovePreview' });
/** Who would be moved to a version. */
export type MovePreview = z.infer<typeof MovePreview>;

/** The operation that moves them, and how many it asks. */
export const StartedMove = z.strictObject({ id: Id, total: z.int() }).meta({ id: 'StartedMove' });
/** The operation that moves them. */
export type StartedMove = z.infer<typeof StartedMove>;
