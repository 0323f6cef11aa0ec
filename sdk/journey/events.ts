import { z } from 'zod';
import type { EventTrigger } from '../../contracts/journeys/nodes.schema.ts';
import { membershipEvents } from '../../contracts/segments/membership-events.ts';
import { condition, type known, type Operand, type UsesOf } from './marks.ts';
import { valuesOf } from './shapes.ts';
import { asValue, expressionOf, valueFor, type Question, type TextValue, type Value } from './values.ts';

/** A kind of event: its name as it comes in through the API, and the schema of its properties. */
export type EventType<Properties = unknown> = { readonly name: string; readonly properties: z.ZodType<Properties> };

/** An event that a journey begins with, waits for or ends by. */
export interface Trigger<Properties = unknown, U extends string = string> {
  readonly trigger: EventTrigger;
  readonly type: EventType<Properties>;
  readonly [known]?: { readonly uses: U };
}

/** The key of the event that started the run: the same cart, the same booking. */
export const entryKey: TextValue<string, never> = asValue(valueFor({ kind: 'entryKey' }));

/** Names a kind of event. Define each once, next to its schema, and use it in every journey. */
export function defineEvent<Properties>(name: string, properties: z.ZodType<Properties>): EventType<Properties> {
  return { name, properties };
}

/** Any event of the kind; with `key` only one with that key, with `where` only one of which the question is true. */
export function event<Properties, K extends Operand<string> = never, U extends string = never>(
  type: EventType<Properties>,
  only: { key?: K; where?: (event: Value<Properties>) => Question<U> } = {},
): Trigger<Properties, U | UsesOf<K>> {
  const filter = only.where?.(valuesOf(type.properties, (path) => ({ kind: 'event', path })))[condition];
  return {
    type,
    trigger: {
      event: type.name,
      ...(only.key === undefined ? {} : { key: expressionOf(only.key) }),
      ...(filter === undefined ? {} : { filter }),
    },
  };
}

const Membership = z.object({ segment: z.string() });

/** The contact enters a segment; those who are in it already do not. */
export function segmentEnter(segment: string): Trigger<z.infer<typeof Membership>, never> {
  return event(defineEvent(membershipEvents.entered, Membership), { key: segment });
}

/** The contact leaves a segment. */
export function segmentLeave(segment: string): Trigger<z.infer<typeof Membership>, never> {
  return event(defineEvent(membershipEvents.left, Membership), { key: segment });
}
