import type { z } from 'zod';
import type {
  CrmNode,
  DelayNode,
  IsoDuration,
  JourneyNode,
  LocalTime,
  PausedDeadline,
} from '../../contracts/journeys/nodes.schema.ts';
import { kindOf } from '../../domain/journeys/nodes/node-kinds.ts';
import { condition, type Operand, type UsesOf } from './marks.ts';
import type { Trigger } from './events.ts';
import type { Step, Trace, TracesOf } from './order.ts';
import { jsonSchemaOf } from './shapes.ts';
import { given, nodesOf } from './nodes.ts';
import { expressionOf, expressionsOf, type Question } from './values.ts';

/** A step that acts and goes on; `Uses` are the steps whose outputs it uses. */
export type Plain<Id extends string, Uses extends string> = Step<{
  id: Id;
  uses: Uses;
  goes: never;
  inner: readonly [];
}>;

/** Values under names, and the steps they use. */
type Fields = Readonly<Record<string, unknown>>;
type UsesOfFields<F> = UsesOf<F[keyof F]>;

/** Sends an email: a stored template, or a subject and Markdown (Liquid; `variables` and the contact are known in it).
 * `transactional`: about what the person bought or booked, so that who has unsubscribed gets it too. */
export function email<
  const Id extends string,
  const S extends Operand<string> = never,
  const V extends Fields = Record<never, never>,
>(
  id: Id,
  message: ({ template: string; subject?: S } | { subject: S; markdown: string }) & {
    variables?: V;
    anyHour?: boolean;
    transactional?: boolean;
    title?: string;
  },
): Plain<Id, UsesOf<S> | UsesOfFields<V>> {
  const { variables, anyHour, transactional, title } = message;
  const subject = message.subject === undefined ? undefined : expressionOf(message.subject);
  return {
    node: {
      id,
      kind: 'email',
      content:
        'template' in message
          ? { kind: 'template', template: message.template, ...given({ subject }) }
          : { kind: 'inline', subject: expressionOf(message.subject), markdown: message.markdown },
      ...given({ title, anyHour, transactional, variables: variables && expressionsOf(variables) }),
    },
  };
}

/**
 * Waits: a duration (`P3D`), a local time (`at`, on `weekdays`), or a duration and then the next such time. Where that ends in a pause, the run goes
 * on with the pause's end; with `pausedDeadline: 'extend'` the pause does not count.
 */
export function delay<const Id extends string>(
  id: Id,
  wait:
    | IsoDuration
    | {
        for?: IsoDuration;
        at?: LocalTime;
        weekdays?: readonly number[];
        pausedDeadline?: PausedDeadline;
        title?: string;
      },
): Plain<Id, never> {
  const node: DelayNode = { id, kind: 'delay', ...(typeof wait === 'string' ? { for: wait } : wait) };
  return { node };
}

/** Waits for an event, at most `timeout`; a pause in which that ends as `delay` has it. */
export function waitFor<
  const Id extends string,
  T extends Trigger,
  const E extends readonly Step[] = readonly [],
  const O extends readonly Step[] = readonly [],
>(
  id: Id,
  on: T,
  then: {
    timeout?: IsoDuration;
    pausedDeadline?: PausedDeadline;
    onEvent?: E;
    onTimeout?: O;
    since?: 'entry' | 'step';
    title?: string;
  } = {},
): Step<{ id: Id; uses: UsesOf<T>; goes: never; inner: TracesOf<E> | TracesOf<O> }> {
  const { timeout, pausedDeadline, onEvent, onTimeout, since, title } = then;
  return {
    node: {
      id,
      kind: 'waitFor',
      on: on.trigger,
      ...given({
        title,
        since,
        timeout,
        pausedDeadline,
        onEvent: onEvent && nodesOf(onEvent),
        onTimeout: onTimeout && nodesOf(onTimeout),
      }),
    },
  };
}

/** Branches on a question; without `no`, a run that answers no goes on after it. */
export function when<
  const Id extends string,
  U extends string,
  const Y extends readonly Step[],
  const N extends readonly Step[] = readonly [],
>(
  id: Id,
  question: Question<U>,
  yes: Y,
  no?: N,
): Step<{ id: Id; uses: U; goes: never; inner: TracesOf<Y> | TracesOf<N> }> {
  return {
    node: { id, kind: 'if', when: question[condition], yes: nodesOf(yes), ...given({ no: no && nodesOf(no) }) },
  };
}

/** Asks a language model for an answer of a type: a stored prompt, or the instructions themselves. */
export function llm<const Id extends string, const I extends Fields, S extends z.ZodType>(
  id: Id,
  question: ({ prompt: string } | { instructions: string }) & {
    input: I;
    output: S;
    budgetMicros: number;
    fallback?: z.output<S>;
    model?: string;
    title?: string;
  },
): Plain<Id, UsesOfFields<I>> {
  const { input, output, budgetMicros, fallback, model, title } = question;
  return {
    node: {
      id,
      kind: 'llm',
      prompt:
        'prompt' in question
          ? { kind: 'stored', prompt: question.prompt }
          : { kind: 'inline', instructions: question.instructions },
      input: expressionsOf(input),
      output: jsonSchemaOf(output),
      budgetMicros,
      ...given({ title, model, fallback: fallback === undefined ? undefined : jsonObjectOf(fallback) }),
    },
  };
}

/** Sets attributes of the contact: a value that is not there leaves one as it is, a null that is written here removes it. */
export function updateContact<const Id extends string, const V extends Fields>(
  id: Id,
  change: { set: V; title?: string },
): Plain<Id, UsesOfFields<V>> {
  return { node: { id, kind: 'updateContact', set: expressionsOf(change.set), ...given({ title: change.title }) } };
}

/** Creates or updates the contact's record in the CRM. */
export function crm<const Id extends string, const V extends Fields>(
  id: Id,
  change: { upsert: CrmNode['upsert']; set: V; title?: string },
): Plain<Id, UsesOfFields<V>> {
  const { upsert, set, title } = change;
  return { node: { id, kind: 'crm', upsert, set: expressionsOf(set), ...given({ title }) } };
}

/**
 * A step with what happens where it fails for good: these steps, and then what follows it. Its output is not there then. Without this the run
 * fails. @throws TypeError for a step that cannot fail
 */
export function onError<T extends Trace, const S extends readonly Step[]>(
  step: Step<T>,
  steps: S,
): Step<{ id: T['id']; uses: T['uses']; goes: T['goes']; inner: TracesOf<S> }> {
  if (!kindOf(step.node).mayFail) throw new TypeError(`A ${step.node.kind} step cannot fail`);
  return { node: { ...step.node, onError: nodesOf(steps) } as JourneyNode };
}

/** Ends the run. The step's id comes from the reason, unless one is given. */
export function exit(reason: string, as: { id?: string } = {}): Plain<never, never> {
  return { node: { id: as.id ?? '', kind: 'exit', reason } };
}

/** Goes on at another step. The step's id comes from the target, unless one is given. */
export function goTo<const Target extends string>(
  target: Target,
  as: { id?: string } = {},
): Step<{ id: never; uses: never; goes: Target; inner: readonly [] }> {
  return { node: { id: as.id ?? '', kind: 'goTo', target } };
}

function jsonObjectOf(value: unknown): Record<string, never> {
  return JSON.parse(JSON.stringify(value)) as Record<string, never>;
}
