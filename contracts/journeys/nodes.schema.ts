import { z } from 'zod';
import type { JsonObject } from '../core/json.ts';
import { assigneeKinds, commentRules } from '../core/machine.ts';
import { Condition, ValueExpression, ValueFields } from './conditions.schema.ts';
import { journeyLimits } from './limits.ts';

const line = z.string().trim().min(1).max(journeyLimits.line);
const body = z.string().min(1).max(journeyLimits.body);
const json: z.ZodType<JsonObject> = z.record(z.string(), z.json());

/**
 * An ISO-8601 duration such as `P3D` or `PT90S`. Days and longer are calendar days in the contact's zone. Whether it is a real one of a
 * sensible length is the validator's to say, pinned to the node.
 */
export const IsoDuration = z.string().max(50);
/** An ISO-8601 duration. */
export type IsoDuration = z.infer<typeof IsoDuration>;

/** A local time of day, `HH:MM`. */
export const LocalTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Expected a local time such as 09:30');
/** A local time of day. */
export type LocalTime = z.infer<typeof LocalTime>;

/** The name of a journey or of a node in it. Ids are in links, log lines and effect keys. */
export const DefinitionSlug = z
  .string()
  .max(64)
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'Expected lower-case words joined by hyphens, such as first-login');

/** A stored thing with the version or label to take: `welcome@4`, `subject@production`. */
const versioned = z
  .string()
  .max(140)
  .regex(/^[a-z0-9][a-z0-9-]*@[a-z0-9][a-z0-9.-]*$/, 'Expected name@version or name@label, such as welcome@4');
const outcomeName = z
  .string()
  .max(64)
  .regex(/^[a-zA-Z][a-zA-Z0-9-]*$/, 'Expected a single word such as approve');

/**
 * An event that matters to a journey. `key`, where given, must equal the event's key (`entryKey`: the same cart, the same
 * booking); without it any key will do. A `key` that comes to nothing matches no event.
 */
export const EventTrigger = z
  .strictObject({ event: line, key: ValueExpression.exactOptional(), filter: Condition.exactOptional() })
  .meta({ id: 'EventTrigger' });
/** An event that matters to a journey. */
export type EventTrigger = z.infer<typeof EventTrigger>;

/** The steps of a journey or of a branch. An interface, as a step may have branches. */
interface Nodes extends ReadonlyArray<JourneyNode> {}
/** The steps of a journey or of a branch, in their order. */
export const JourneyNodes: z.ZodType<Nodes> = z.lazy(() => z.array(JourneyNode));

/** What every node has: an id given by a person, unique in the journey, and a title for the timeline. */
const NodeBase = z.strictObject({ id: DefinitionSlug, title: line.exactOptional() });
/** What every node has. */
export type NodeBase = z.infer<typeof NodeBase>;

/** What every node has that may fail, as it acts outside or shows much: where it goes then. Its steps lead on to what follows the node; without it the run fails. */
const FailingBase = NodeBase.extend({ onError: JourneyNodes.exactOptional() });
/** What every node has that may fail. */
export type FailingBase = z.infer<typeof FailingBase>;

/** A stored template with its version or label, or the words themselves (Liquid and Markdown). */
const EmailContent = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('template'), template: versioned, subject: ValueExpression.exactOptional() }),
  z.strictObject({ kind: z.literal('inline'), subject: ValueExpression, markdown: body }),
]);

/**
 * Sends one email. `variables` are what the template may use beside the contact. `anyHour` ignores the quiet hours. `transactional`: it is about
 * what the person bought or booked, so it goes to who has unsubscribed too, and has no link to unsubscribe by.
 */
const EmailNode = FailingBase.extend({
  kind: z.literal('email'),
  content: EmailContent,
  variables: ValueFields.exactOptional(),
  anyHour: z.boolean().exactOptional(),
  transactional: z.boolean().exactOptional(),
});
/** Sends one email. */
export type EmailNode = z.infer<typeof EmailNode>;

/**
 * What becomes of a deadline that was still ahead when the run was paused. `recheck`: where it ran out meanwhile, it comes when the run goes on, and
 * what was received until then counts before it. `extend`: the pause does not count, the deadline comes as much later.
 */
const PausedDeadline = z.enum(['recheck', 'extend']);
/** What becomes of a deadline in a pause. */
export type PausedDeadline = z.infer<typeof PausedDeadline>;

const weekdays: z.ZodType<readonly number[]> = z.array(z.int().min(1).max(7)).min(1).max(7);

/**
 * Waits for a time: first `for`, then until the local clock shows `at` on one of `weekdays` (1 Monday … 7 Sunday).
 * At least one of `for` and `at` is given. `pausedDeadline` is `recheck` when left out; a local time is kept after a pause, too.
 */
const DelayNode = NodeBase.extend({
  kind: z.literal('delay'),
  for: IsoDuration.exactOptional(),
  at: LocalTime.exactOptional(),
  weekdays: weekdays.exactOptional(),
  pausedDeadline: PausedDeadline.exactOptional(),
});
/** Waits for a time. */
export type DelayNode = z.infer<typeof DelayNode>;

/**
 * Waits for an event, at most `timeout`. `since`: whether an event counts that came earlier in the run (`entry`, the
 * default: nothing is missed) or only one from this step on (`step`). One event never ends the same step twice.
 * `pausedDeadline` is `recheck` when left out.
 */
const WaitForNode = NodeBase.extend({
  kind: z.literal('waitFor'),
  on: EventTrigger,
  since: z.enum(['entry', 'step']).exactOptional(),
  timeout: IsoDuration.exactOptional(),
  pausedDeadline: PausedDeadline.exactOptional(),
  onEvent: JourneyNodes.exactOptional(),
  onTimeout: JourneyNodes.exactOptional(),
});
/** Waits for an event. */
export type WaitForNode = z.infer<typeof WaitForNode>;

/** Branches on a condition, as things are at that moment. */
const IfNode = NodeBase.extend({
  kind: z.literal('if'),
  when: Condition,
  yes: JourneyNodes,
  no: JourneyNodes.exactOptional(),
});
/** Branches on a condition. */
export type IfNode = z.infer<typeof IfNode>;

/** A stored prompt with its version or label, or the instructions themselves. */
const LlmPrompt = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('stored'), prompt: versioned }),
  z.strictObject({ kind: z.literal('inline'), instructions: body }),
]);

/**
 * Asks a language model. The answer fits `output` (JSON Schema of an object) or the step fails; then `fallback` is the
 * answer, where given. `fallbackModels` are asked in their order where `model` is down or refuses. `budgetMicros` limits the cost in millionths of the workspace's currency.
 */
const LlmNode = FailingBase.extend({
  kind: z.literal('llm'),
  prompt: LlmPrompt,
  input: ValueFields,
  output: json,
  budgetMicros: z.int().min(1),
  model: line.exactOptional(),
  fallbackModels: z.array(line).min(1).max(3).exactOptional(),
  fallback: json.exactOptional(),
});
/** Asks a language model. */
export type LlmNode = z.infer<typeof LlmNode>;

/** One way to decide. After it was chosen `max` times in a run it is not offered again. */
const ApprovalOutcome = z.strictObject({
  name: outcomeName,
  label: line.exactOptional(),
  comment: z.enum(commentRules).exactOptional(),
  max: z.int().min(1).max(100).exactOptional(),
  steps: JourneyNodes,
});
/** One way to decide. */
export type ApprovalOutcome = z.infer<typeof ApprovalOutcome>;

const outcomes: z.ZodType<readonly ApprovalOutcome[]> = z.array(ApprovalOutcome).min(1).max(journeyLimits.entries);

/**
 * Asks a person. When `due` has passed, `onTimeout` is the outcome; without it the request stays open, shown as late. `pausedDeadline` is `extend`
 * when left out, so that a pause decides nothing.
 */
const ApprovalNode = FailingBase.extend({
  kind: z.literal('approval'),
  assign: z.strictObject({ kind: z.enum(assigneeKinds), id: line }),
  show: ValueExpression,
  due: IsoDuration.exactOptional(),
  pausedDeadline: PausedDeadline.exactOptional(),
  outcomes,
  onTimeout: outcomeName.exactOptional(),
});
/** Asks a person. */
export type ApprovalNode = z.infer<typeof ApprovalNode>;

/** Sets attributes of the contact. A value that is not there leaves one as it is; a literal null removes it. */
const UpdateContactNode = FailingBase.extend({ kind: z.literal('updateContact'), set: ValueFields });
/** Sets attributes of the contact. */
export type UpdateContactNode = z.infer<typeof UpdateContactNode>;

/** Creates or updates the contact's record in the CRM, keyed by its `externalId`. */
const CrmNode = FailingBase.extend({ kind: z.literal('crm'), upsert: z.literal('contact'), set: ValueFields });
/** Creates or updates the contact's record in the CRM. */
export type CrmNode = z.infer<typeof CrmNode>;

/** Ends the run. */
const ExitNode = NodeBase.extend({ kind: z.literal('exit'), reason: line });
/** Ends the run. */
export type ExitNode = z.infer<typeof ExitNode>;

/** Goes on at another node. Going back needs a wait or a person on the way. */
const GoToNode = NodeBase.extend({ kind: z.literal('goTo'), target: DefinitionSlug });
/** Goes on at another node. */
export type GoToNode = z.infer<typeof GoToNode>;

/** One step of a journey. */
export const JourneyNode = z
  .discriminatedUnion('kind', [
    EmailNode,
    DelayNode,
    WaitForNode,
    IfNode,
    LlmNode,
    ApprovalNode,
    UpdateContactNode,
    CrmNode,
    ExitNode,
    GoToNode,
  ])
  .meta({ id: 'JourneyNode' });
/** One step of a journey. */
export type JourneyNode = z.infer<typeof JourneyNode>;
