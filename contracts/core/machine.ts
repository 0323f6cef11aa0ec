/**
 * The contract between a pure state machine (journey interpreter, enrollment, batch) and the engine that runs it.
 *
 * The engine calls `advance(definition, state, input)` inside one transaction, stores what comes back and makes the
 * outside world match it. Everything here is plain JSON: it is stored in Postgres and read by other builds.
 */
import type { GateField } from '../approvals/gate-field.schema.ts';
import type { Action } from './actions.ts';
import type { JsonObject } from './json.ts';

export type { JsonObject, JsonValue } from './json.ts';

/**
 * One message to a run, in the order in which it was enqueued (`seq` rises, with gaps).
 *
 * Kinds and their `ref` and `payload`:
 * - `performed`: ref = command id, payload = its output
 * - `failed`: ref = command id, payload `{ type, message }`; the engine gave up retrying
 * - `event`: ref = event id, payload `{ name, key, properties, occurredAt, receivedAt?, purpose: 'wait' | 'exit' | 'goal', step?, visit? }`
 * - `gate`: ref = gate id, payload `{ step, visit, round, outcome, comment, form }`
 * - `lateReply`: payload `{ step, visit }`; an action that came back as `{ unknown: true }` has been done after all
 * - `exit`: payload `{ reason }`
 * - `pause`, `resume`: no payload
 * - `move`: payload `{ versionId, bulkId }`; the run goes on by another version of its journey, where it has not come to what differs
 * - `retry`, `skip`, `complete`: payload `{ step, output? }`; a failed run is taken up at the step that failed
 *
 * A machine ignores what it no longer awaits; a repeated item changes nothing.
 */
export type MailboxItem = { seq: number; kind: string; ref: string | null; payload: JsonObject; at: string };

/** The messages that take up a failed run: its step is done again, left out, or done by a person with an output. */
export const repairKinds = ['retry', 'skip', 'complete'] as const;
/** A way to take up a failed run. */
export type RepairKind = (typeof repairKinds)[number];

/** The kind of a message that says that an action of unknown end was done. */
export const LATE_REPLY = 'lateReply';

/** When something happened: `occurredAt` by its source, `receivedAt` by the database's clock. */
export type Happening = { occurredAt: string; receivedAt: string };

/**
 * One event that the run listens to. `key` null means any key; `dueAt` is when a `wait` gives up (null: never);
 * events received since `from` count, so one that arrived just before the wait was registered is not missed. With `after` they must also have
 * occurred later than that, or at its instant and been received after it.
 */
export type WaitSpec = {
  step: string;
  visit: number;
  eventName: string;
  key: string | null;
  purpose: 'wait' | 'exit' | 'goal';
  dueAt: string | null;
  from: string;
  after?: Happening;
};

/** Whether an outcome asks for words. */
export const commentRules = ['none', 'optional', 'required'] as const;

/** One way a gate can be decided, as a button shows it. `comment` says whether words are asked for, `fields` what else is. */
export type GateOutcome = {
  name: string;
  label: string;
  comment?: (typeof commentRules)[number];
  fields?: GateField[];
};

/** What may be asked to decide: a role of the workspace or one member. */
export const assigneeKinds = ['role', 'member'] as const;

/** Who must decide. */
export type GateAssignee = { kind: (typeof assigneeKinds)[number]; id: string };

/**
 * One decision that the run waits for. `onTimeout` is the outcome that `dueAt` brings; both null: it waits without a
 * deadline.
 */
export type GateSpec = {
  step: string;
  visit: number;
  title: string;
  outcomes: GateOutcome[];
  assignee: GateAssignee;
  content: JsonObject;
  dueAt: string | null;
  onTimeout: string | null;
};

/** Where a line of a timeline stands. */
export const stepStatuses = ['running', 'waiting', 'done', 'failed', 'skipped'] as const;

/** What a run, or a line of its timeline, may wait for. */
export const waitReasons = ['person', 'time', 'event'] as const;
/** What a run, or a line of its timeline, waits for. */
export type WaitReason = (typeof waitReasons)[number];

/** One line of a run's timeline as it is after a turn; the engine upserts it by (step, visit), keeping what is left out. */
export type StepChange = {
  step: string;
  visit: number;
  kind: string;
  title: string;
  status: (typeof stepStatuses)[number];
  waitingFor?: WaitReason;
  detail?: JsonObject;
  startedAt?: string;
  endedAt?: string;
  dueAt?: string | null;
};

/** Where a run may stand after a turn. The last three are final. */
export const runStatuses = ['running', 'waiting', 'paused', 'completed', 'exited', 'failed'] as const;
/** Where a run stands after a turn. */
export type RunStatus = (typeof runStatuses)[number];

/**
 * What a turn brings. `actions`, `waits` and `gates` are *all* that are open after it, never a delta; `steps` are the lines
 * changed by it. `branchSteps` are where the run stands beside `currentStep`, in branches that run beside each other. `dueAt` is the earliest instant at which the machine wants to be called again without any item. `ended` is
 * set exactly when `status` is final, and then nothing is open but what may still be the run's goal, until its `dueAt`, and `dueAt` is null. `left` are the messages, by their `seq`, that the machine
 * has not received yet: it is called again with them once the events that its new waits have missed are there.
 */
export type Advanced<S> = {
  state: S;
  actions: Action[];
  waits: WaitSpec[];
  gates: GateSpec[];
  steps: StepChange[];
  dueAt: string | null;
  status: RunStatus;
  currentStep: string | null;
  branchSteps?: string[];
  left?: readonly number[];
  ended: { outcome: string; reason: string } | null;
};
