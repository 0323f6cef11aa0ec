import { z } from 'zod';
import { EventKey } from '../contacts/events-api.schema.ts';
import { repairKinds } from '../core/machine.ts';
import { Effect } from './effects-api.schema.ts';
import { runStatuses, stepStatuses, waitReasons } from '../core/machine.ts';
import { Id, Instant, JsonRecord, PageQuery, Slug } from '../core/values.schema.ts';
import { RunKind, RunSubject } from './run-kinds.schema.ts';
import { Execution } from './execution.schema.ts';

/** Where a run stands. The last five are final. */
export const RunStatus = z.enum(['starting', ...runStatuses, 'cancelled', 'terminated']);

/** Why a live run needs a person: an open incident, an effect with an unknown outcome, or one that was tried three times or more. */
export const RunTrouble = z
  .strictObject({ kind: z.enum(['incident', 'unknownEffect', 'retrying']), message: z.string(), since: Instant })
  .meta({ id: 'RunTrouble' });

/**
 * A run, as a list shows it. `stepTitle` and `stepSince` are of its current step; `attempts` is the most that one of its effects
 * took; `costMicros` is in millionths of a US dollar.
 */
export const Run = z
  .strictObject({
    id: Id,
    kind: RunKind,
    title: z.string(),
    status: RunStatus,
    waitingFor: z.enum(waitReasons).nullable(),
    currentStep: z.string().nullable(),
    nextDueAt: Instant.nullable(),
    outcome: z.string().nullable(),
    reason: z.string().nullable(),
    contact: z.strictObject({ id: Id, externalId: z.string(), name: z.string().nullable() }).nullable(),
    subject: RunSubject.nullable(),
    stepTitle: z.string().nullable(),
    stepSince: Instant.nullable(),
    attempts: z.int(),
    costMicros: z.int(),
    trouble: RunTrouble.nullable(),
    startedAt: Instant,
    updatedAt: Instant,
    endedAt: Instant.nullable(),
    rev: z.int(),
  })
  .meta({ id: 'Run' });
/** A run, as a list shows it. */
export type Run = z.infer<typeof Run>;

/**
 * The step at which a run failed. `output` is the JSON Schema of what `complete` takes; null where the step has no output. `happened` are
 * the effects of the step that may have been done all the same: `retry` would do them once more.
 */
export const RunFailure = z
  .strictObject({
    step: z.string(),
    visit: z.int(),
    kind: z.string(),
    title: z.string(),
    reason: z.string(),
    output: JsonRecord.nullable(),
    happened: z.array(Effect),
  })
  .meta({ id: 'RunFailure' });
/** The step at which a run failed. */
export type RunFailure = z.infer<typeof RunFailure>;

/**
 * One run with its current facts: the machine's state after the last turn, what is open and what it listens to. `operations` are
 * those that the caller may ask for now; `failure` is that of a journey's run that failed.
 */
export const RunDetail = Run.extend({
  /** A run with a workflow of its own is `dedicated`; a pool’s has `workflowId` as a name alone, and no `temporalRunId`. */
  execution: Execution,
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
  failure: RunFailure.nullable(),
  operations: z.array(z.enum(['pause', 'resume', 'cancel', 'terminate', 'rewind', ...repairKinds, 'restart'])),
}).meta({ id: 'RunDetail' });
/** One run with its current facts. */
export type RunDetail = z.infer<typeof RunDetail>;

const runFilters = {
  kind: RunKind.optional(),
  status: RunStatus.optional(),
  state: z.enum(['live', 'ended', 'trouble']).optional(),
  waitingFor: z.enum(waitReasons).optional(),
  contact: z.string().min(1).max(200).optional(),
  journey: Slug.optional(),
  version: z.coerce.number().int().min(1).max(1_000_000_000).optional(),
  step: z.string().min(1).max(200).optional(),
  startedAfter: Instant.optional(),
};

/**
 * Filters of the list of runs: `contact` is an external id, `journey` a slug, `step` where live runs stand; `trouble` are
 * those that need a person. `sort=due` puts first what happens next.
 */
export const RunQuery = PageQuery.extend({ ...runFilters, sort: z.enum(['newest', 'due']).default('newest') });
/** Filters of the list of runs. */
export type RunQuery = z.infer<typeof RunQuery>;

/** The filters alone, for counting. */
export const RunCountQuery = z.strictObject(runFilters);
/** The filters alone. */
export type RunCountQuery = z.infer<typeof RunCountQuery>;

/** How many runs the filters leave, and how they divide. */
export const RunCounts = z
  .strictObject({
    total: z.int(),
    byKind: z.record(z.string(), z.int()),
    byStatus: z.record(z.string(), z.int()),
    byWaitingFor: z.record(z.string(), z.int()),
    trouble: z.int(),
  })
  .meta({ id: 'RunCounts' });
/** How many runs there are. */
export type RunCounts = z.infer<typeof RunCounts>;

/**
 * What would happen to a live run of a journey from where it stands, by the interpreter that production uses, with what is known of the person at
 * `at`; runs of other kinds have no `ways`. `when`: nothing comes (`nothing`), an event that it listens to comes now (`event`, taken without
 * properties), or a decision is made now (`decision`). `steps` are the next ones, `more` how many follow; a way ends as a simulation does.
 */
export const RunAhead = z
  .strictObject({
    at: Instant,
    ways: z.array(
      z.strictObject({
        when: z.strictObject({ kind: z.enum(['nothing', 'event', 'decision']), name: z.string().nullable() }),
        steps: z.array(z.strictObject({ step: z.string(), kind: z.string(), title: z.string(), at: Instant })),
        more: z.int(),
        outcome: z.enum(['completed', 'exited', 'failed', 'stuck', 'stepLimit']),
        reason: z.string(),
        endedAt: Instant,
        assumptions: z.array(z.string()),
      }),
    ),
  })
  .meta({ id: 'RunAhead' });
/** What would happen to a live run. */
export type RunAhead = z.infer<typeof RunAhead>;

/** A turn of a run: a point that it can be rewound to, with the steps that began or ended in it. */
export const Turn = z
  .strictObject({
    turn: z.int(),
    generation: z.int(),
    at: Instant,
    steps: z.array(z.strictObject({ step: z.string(), visit: z.int(), title: z.string(), ended: z.boolean() })),
  })
  .meta({ id: 'Turn' });
/** A turn of a run. */
export type Turn = z.infer<typeof Turn>;

/**
 * What has been done outside since a turn: what a rewind keeps as done, what it asks for again, and what it tries once more, as it was refused or
 * left out.
 */
export const RewindPreview = z
  .strictObject({
    kept: z.array(z.strictObject({ effectId: Id, kind: z.string(), title: z.string(), at: Instant })),
    repeated: z.array(z.strictObject({ effectId: Id, kind: z.string(), title: z.string(), at: Instant })),
    retried: z.array(z.strictObject({ effectId: Id, kind: z.string(), title: z.string(), at: Instant })),
    decisions: z.int(),
  })
  .meta({ id: 'RewindPreview' });
/** What has been done outside since a turn. */
export type RewindPreview = z.infer<typeof RewindPreview>;

/** Where a line of a timeline stands. */
export const StepStatus = z.enum(stepStatuses);

/** One line of a run's timeline, with what it did to the outside world. */
export const Step = z
  .strictObject({
    step: z.string(),
    visit: z.int(),
    generation: z.int(),
    kind: z.string(),
    title: z.string(),
    status: StepStatus,
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

/** A turn's number in an address. */
export const TurnNumber = z.coerce.number().int().min(0).max(1_000_000_000);

const reason = z.string().min(1).max(500);

/**
 * What can be done to a run. `cancel` lets it exit in good order, `terminate` ends its workflow at once; `rewind` restores
 * the state after `turn` (0: the beginning) without repeating mails or payments, also of a run that failed. A failed run goes on with
 * `retry` (its step is done once more; `again` where an effect of it may have been done), with `skip` behind its step, and with `complete`
 * as if the step had given `output`. `retry` of a terminated run goes on where it was. `restart` begins a new run of the journey for the
 * same person, with `properties` and `key` where they are given and else as before; the answer has the new run's id.
 */
export const RunOperation = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('pause'), reason }),
    z.strictObject({ kind: z.literal('resume'), reason }),
    z.strictObject({ kind: z.literal('cancel'), reason }),
    z.strictObject({ kind: z.literal('terminate'), reason }),
    z.strictObject({ kind: z.literal('rewind'), reason, turn: z.int().min(0).max(1_000_000_000) }),
    z.strictObject({ kind: z.literal('retry'), reason, again: z.boolean().optional() }),
    z.strictObject({ kind: z.literal('skip'), reason }),
    z.strictObject({ kind: z.literal('complete'), reason, output: JsonRecord }),
    z.strictObject({
      kind: z.literal('restart'),
      reason,
      properties: JsonRecord.optional(),
      key: EventKey.optional(),
    }),
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
