import type { Condition, ValueExpression } from './conditions.ts';
import type { GateAssignee, JsonObject } from '../core/machine.ts';

/** An ISO-8601 duration such as `P3D` or `PT90S`. Days and longer are calendar days in the contact's zone. */
export type IsoDuration = string;

/** A local time of day, `HH:MM`. */
export type LocalTime = string;

/**
 * An event that matters to a journey. `key`, where given, must equal the event's key (`entryKey`: the same cart, the same
 * booking); without it any key will do. A `key` that comes to nothing matches no event.
 */
export type EventTrigger = { event: string; key?: ValueExpression; filter?: Condition };

/**
 * How often a contact may go through. `once`: one run ever. `afterExit`: again, when no run of theirs is live.
 * `perKey`: one run for each key of the entry event.
 */
export type Reentry = 'once' | 'afterExit' | 'perKey';

/**
 * Hours in which no message is sent. `zone`: `contact` (theirs, else the journey's, else the workspace's), or an IANA name.
 * `over`: a message that falls in them waits for their end, or is left out.
 */
export type QuietHours = { from: LocalTime; to: LocalTime; zone: string; over: 'hold' | 'skip' };

/** What the journey is for: counted when the event comes within the time after entry. It does not end the run. */
export type Goal = { when: EventTrigger; within: IsoDuration };

/** What every node has: an id given by a person, unique in the journey, and a title for the timeline. */
export type NodeBase = { id: string; title?: string };

/** A stored template with its version or label, or the words themselves (Liquid and Markdown). */
export type EmailContent =
  | { kind: 'template'; template: string; subject?: ValueExpression }
  | { kind: 'inline'; subject: ValueExpression; markdown: string };

/** Sends one email. `variables` are what the template may use beside the contact. `anyHour` ignores the quiet hours. */
export type EmailNode = NodeBase & {
  kind: 'email';
  content: EmailContent;
  variables?: Readonly<Record<string, ValueExpression>>;
  anyHour?: boolean;
};

/**
 * Waits for a time: first `for`, then until the local clock shows `at` on one of `weekdays` (1 Monday … 7 Sunday).
 * At least one of `for` and `at` is given.
 */
export type DelayNode = NodeBase & { kind: 'delay'; for?: IsoDuration; at?: LocalTime; weekdays?: readonly number[] };

/**
 * Waits for an event, at most `timeout`. `since`: whether an event counts that came earlier in the run (`entry`, the
 * default: nothing is missed) or only one from this step on (`step`). One event never ends the same step twice.
 */
export type WaitForNode = NodeBase & {
  kind: 'waitFor';
  on: EventTrigger;
  since?: 'entry' | 'step';
  timeout?: IsoDuration;
  onEvent?: readonly JourneyNode[];
  onTimeout?: readonly JourneyNode[];
};

/** Branches on a condition, as things are at that moment. */
export type IfNode = NodeBase & {
  kind: 'if';
  when: Condition;
  yes: readonly JourneyNode[];
  no?: readonly JourneyNode[];
};

/** A stored prompt with its version or label, or the instructions themselves. */
export type LlmPrompt = { kind: 'stored'; prompt: string } | { kind: 'inline'; instructions: string };

/**
 * Asks a language model. The answer fits `output` (JSON Schema of an object) or the step fails; then `fallback` is the
 * answer, where given. `budgetMicros` limits the cost in millionths of the workspace's currency.
 */
export type LlmNode = NodeBase & {
  kind: 'llm';
  prompt: LlmPrompt;
  input: Readonly<Record<string, ValueExpression>>;
  output: JsonObject;
  budgetMicros: number;
  model?: string;
  fallback?: JsonObject;
};

/** One way to decide. After it was chosen `max` times in a run it is not offered again. */
export type ApprovalOutcome = {
  name: string;
  label?: string;
  comment?: 'none' | 'optional' | 'required';
  max?: number;
  steps: readonly JourneyNode[];
};

/** Asks a person. When `due` has passed, `onTimeout` is the outcome; without it the request stays open, shown as late. */
export type ApprovalNode = NodeBase & {
  kind: 'approval';
  assign: GateAssignee;
  show: ValueExpression;
  due?: IsoDuration;
  outcomes: readonly ApprovalOutcome[];
  onTimeout?: string;
};

/** Sets attributes of the contact. */
export type UpdateContactNode = NodeBase & {
  kind: 'updateContact';
  set: Readonly<Record<string, ValueExpression>>;
};

/** Creates or updates the contact's record in the CRM, keyed by its `externalId`. */
export type CrmNode = NodeBase & {
  kind: 'crm';
  upsert: 'contact';
  set: Readonly<Record<string, ValueExpression>>;
};

/** Ends the run. */
export type ExitNode = NodeBase & { kind: 'exit'; reason: string };

/** Goes on at another node. Going back needs a wait or a person on the way. */
export type GoToNode = NodeBase & { kind: 'goTo'; target: string };

/** One step of a journey. */
export type JourneyNode =
  | EmailNode
  | DelayNode
  | WaitForNode
  | IfNode
  | LlmNode
  | ApprovalNode
  | UpdateContactNode
  | CrmNode
  | ExitNode
  | GoToNode;

/**
 * A journey as it is stored, pushed and run: plain JSON. Steps follow each other and nest as the process reads; a branch
 * that ends goes on after its node. `engineVersion` selects the meaning; `zone` (IANA) is for contacts without their own.
 */
export type JourneyDefinition = {
  engineVersion: 1;
  slug: string;
  name: string;
  description?: string;
  zone?: string;
  entry: readonly EventTrigger[];
  reentry: Reentry;
  exitWhen: readonly EventTrigger[];
  goal?: Goal;
  quietHours?: QuietHours;
  steps: readonly JourneyNode[];
};

/**
 * Something wrong with a definition. `path` leads into the JSON, dotted (`steps.2.yes.0`); `code` is stable and dotted;
 * `hint` says what to do; `node` is the id of the node it is pinned to, null when it is the journey's own.
 */
export type JourneyProblem = { path: string; code: string; message: string; hint: string; node: string | null };
