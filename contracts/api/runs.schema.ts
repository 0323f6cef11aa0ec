import { z } from 'zod';
import { Effect } from './effects.schema.ts';
import { Id, Instant, JsonRecord, PageQuery, Slug } from './values.schema.ts';

/** What a run is an execution of. */
export const RunKind = z.enum(['journey', 'enrollment', 'batch', 'code']);

/** Where a run stands. The last five are final. */
export const RunStatus = z.enum([
  'starting',
  'running',
  'waiting',
  'paused',
  'completed',
  'exited',
  'failed',
  'cancelled',
  'terminated',
]);

/** A run, as a list shows it. */
export const Run = z
  .strictObject({
    id: Id,
    kind: RunKind,
    title: z.string(),
    status: RunStatus,
    waitingFor: z.enum(['person', 'time', 'event']).nullable(),
    currentStep: z.string().nullable(),
    nextDueAt: Instant.nullable(),
    outcome: z.string().nullable(),
    reason: z.string().nullable(),
    contact: z.strictObject({ id: Id, externalId: z.string() }).nullable(),
    startedAt: Instant,
    updatedAt: Instant,
    endedAt: Instant.nullable(),
    rev: z.int(),
  })
  .meta({ id: 'Run' });
/** A run, as a list shows it. */
export type Run = z.infer<typeof Run>;

/** One run with its current facts: the machine's state after the last turn, what is open and what it listens to. */
export const RunDetail = Run.extend({
  workflowId: z.string(),
  temporalRunId: z.string().nullable(),
  entryKey: z.string(),
  turn: z.int(),
  generation: z.int(),
  facts: JsonRecord,
  open: z.array(z.strictObject({ id: z.string(), activity: z.string(), step: z.string() })),
  waits: z.array(
    z.strictObject({
      eventName: z.string(),
      key: z.string().nullable(),
      step: z.string(),
      purpose: z.enum(['wait', 'exit', 'goal']),
      dueAt: Instant.nullable(),
    }),
  ),
  gateIds: z.array(Id),
  unreadInbox: z.int(),
}).meta({ id: 'RunDetail' });
/** One run with its current facts. */
export type RunDetail = z.infer<typeof RunDetail>;

/** Filters of the list of runs: `contact` is an external id, `journey` a slug. */
export const RunQuery = PageQuery.extend({
  kind: RunKind.optional(),
  status: RunStatus.optional(),
  waitingFor: z.enum(['person', 'time', 'event']).optional(),
  contact: z.string().min(1).max(200).optional(),
  journey: Slug.optional(),
});
/** Filters of the list of runs. */
export type RunQuery = z.infer<typeof RunQuery>;

/** One line of a run's timeline, with what it did to the outside world. */
export const Step = z
  .strictObject({
    step: z.string(),
    visit: z.int(),
    generation: z.int(),
    kind: z.string(),
    title: z.string(),
    status: z.enum(['running', 'waiting', 'done', 'failed', 'skipped']),
    waitingFor: z.string().nullable(),
    detail: JsonRecord,
    startedAt: Instant,
    endedAt: Instant.nullable(),
    dueAt: Instant.nullable(),
    effects: z.array(Effect),
  })
  .meta({ id: 'Step' });
/** One line of a run's timeline. */
export type Step = z.infer<typeof Step>;

const reason = z.string().min(1).max(500);

/**
 * What can be done to a run. `cancel` lets it exit in good order, `terminate` ends its workflow at once; `rewind` restores
 * the state after `turn` (0: the beginning) without repeating mails or payments.
 */
export const RunOperation = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('pause'), reason }),
    z.strictObject({ kind: z.literal('resume'), reason }),
    z.strictObject({ kind: z.literal('cancel'), reason }),
    z.strictObject({ kind: z.literal('terminate'), reason }),
    z.strictObject({ kind: z.literal('rewind'), reason, turn: z.int().min(0).max(1_000_000_000) }),
  ])
  .meta({ id: 'RunOperation' });
/** What can be done to a run. */
export type RunOperation = z.infer<typeof RunOperation>;

/** An operation that is durable now and will reach the run. */
export const AcceptedOperation = z
  .strictObject({ operationId: Id, runId: Id, kind: z.string() })
  .meta({ id: 'AcceptedOperation' });
/** An operation that is durable now. */
export type AcceptedOperation = z.infer<typeof AcceptedOperation>;
