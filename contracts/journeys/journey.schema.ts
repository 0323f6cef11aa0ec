import { z } from 'zod';
import type * as data from './journey.ts';
import { Condition, ValueExpression, valueFields } from './conditions.schema.ts';
import { journeyLimits } from './limits.ts';

const line = z.string().trim().min(1).max(journeyLimits.line);
const body = z.string().min(1).max(journeyLimits.body);
/** Whether it is a real duration of a sensible length is the validator's to say, pinned to the node. */
const duration = z.string().max(50);
const localTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Expected a local time such as 09:30');
/** Ids are in links, log lines and effect keys. */
const slug = z
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
const nodes = z.lazy(() => z.array(JourneyNode));
const node = { id: slug, title: line.exactOptional() };

const EventTrigger = z
  .strictObject({ event: line, key: ValueExpression.exactOptional(), filter: Condition.exactOptional() })
  .meta({ id: 'EventTrigger' });

const EmailContent = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('template'), template: versioned, subject: ValueExpression.exactOptional() }),
  z.strictObject({ kind: z.literal('inline'), subject: ValueExpression, markdown: body }),
]);

const LlmPrompt = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('stored'), prompt: versioned }),
  z.strictObject({ kind: z.literal('inline'), instructions: body }),
]);

const ApprovalOutcome = z.strictObject({
  name: outcomeName,
  label: line.exactOptional(),
  comment: z.enum(['none', 'optional', 'required']).exactOptional(),
  max: z.int().min(1).max(100).exactOptional(),
  steps: nodes,
});

/** The schema of `JourneyNode`. */
export const JourneyNode: z.ZodType<data.JourneyNode> = z
  .lazy(() =>
    z.discriminatedUnion('kind', [
      z.strictObject({
        ...node,
        kind: z.literal('email'),
        content: EmailContent,
        variables: valueFields().exactOptional(),
        anyHour: z.boolean().exactOptional(),
      }),
      z.strictObject({
        ...node,
        kind: z.literal('delay'),
        for: duration.exactOptional(),
        at: localTime.exactOptional(),
        weekdays: z.array(z.int().min(1).max(7)).min(1).max(7).exactOptional(),
      }),
      z.strictObject({
        ...node,
        kind: z.literal('waitFor'),
        on: EventTrigger,
        since: z.enum(['entry', 'step']).exactOptional(),
        timeout: duration.exactOptional(),
        onEvent: nodes.exactOptional(),
        onTimeout: nodes.exactOptional(),
      }),
      z.strictObject({ ...node, kind: z.literal('if'), when: Condition, yes: nodes, no: nodes.exactOptional() }),
      z.strictObject({
        ...node,
        kind: z.literal('llm'),
        prompt: LlmPrompt,
        input: valueFields(),
        output: z.record(z.string(), z.json()),
        budgetMicros: z.int().min(1),
        model: line.exactOptional(),
        fallback: z.record(z.string(), z.json()).exactOptional(),
      }),
      z.strictObject({
        ...node,
        kind: z.literal('approval'),
        assign: z.strictObject({ kind: z.enum(['role', 'member']), id: line }),
        show: ValueExpression,
        due: duration.exactOptional(),
        outcomes: z.array(ApprovalOutcome).min(1).max(journeyLimits.entries),
        onTimeout: outcomeName.exactOptional(),
      }),
      z.strictObject({ ...node, kind: z.literal('updateContact'), set: valueFields() }),
      z.strictObject({ ...node, kind: z.literal('crm'), upsert: z.literal('contact'), set: valueFields() }),
      z.strictObject({ ...node, kind: z.literal('exit'), reason: line }),
      z.strictObject({ ...node, kind: z.literal('goTo'), target: slug }),
    ]),
  )
  .meta({ id: 'JourneyNode' });

/** The schema of `JourneyDefinition`: its shape. What the shape cannot say, `validateDefinition` in the domain does. */
export const JourneyDefinition: z.ZodType<data.JourneyDefinition> = z
  .strictObject({
    engineVersion: z.literal(1),
    slug,
    name: line,
    description: body.exactOptional(),
    zone: line.exactOptional(),
    entry: z.array(EventTrigger).min(1).max(journeyLimits.entries),
    reentry: z.enum(['once', 'afterExit', 'perKey']),
    exitWhen: z.array(EventTrigger).max(journeyLimits.entries),
    goal: z.strictObject({ when: EventTrigger, within: duration }).exactOptional(),
    quietHours: z
      .strictObject({ from: localTime, to: localTime, zone: line, over: z.enum(['hold', 'skip']) })
      .exactOptional(),
    steps: nodes,
  })
  .meta({ id: 'JourneyDefinition' });
