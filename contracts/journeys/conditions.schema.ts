import { z } from 'zod';
import type { JsonValue } from '../core/json.ts';
import { Slug } from '../core/values.schema.ts';
import { journeyLimits } from './limits.ts';

/** The parts of a value that a reference walks into, outermost first: `['address', 'city']`. */
export type ValuePath = readonly string[];

/**
 * Every comparison; the order ones hold for two numbers or two strings, texts by their characters' code points. Two instants in ISO form, each with
 * its zone, are compared as instants, and a text that is a number as that number: with a number, and by order with another such text. `before` and
 * `after` are for moments alone: instants with a zone, and plain dates, which are the beginning of that day in UTC. `oneOf` is `equals` with any
 * item of a list.
 */
const comparisons = [
  'equals',
  'notEquals',
  'lessThan',
  'atMost',
  'greaterThan',
  'atLeast',
  'contains',
  'startsWith',
  'oneOf',
  'before',
  'after',
] as const;

/** How two values are compared. `contains` is for a text in a text and for an item in a list. */
export type Comparison = (typeof comparisons)[number];

const json: z.ZodType<JsonValue> = z.json();
const names = z.array(z.string().min(1).max(journeyLimits.line)).max(journeyLimits.path);
const path: z.ZodType<ValuePath> = names;
/** A path that names something; the whole of a contact or an event is never asked for. */
const ownPath: z.ZodType<ValuePath> = names.min(1);
const stepId = z.string().max(journeyLimits.line);
const span = String.raw`P(?=.)(\d{1,4}W|(\d{1,5}D)?(T(?=\d)(\d{1,6}H)?(\d{1,7}M)?(\d{1,9}S)?)?)`;
/** An ISO duration of fixed length: a day is 24 hours, and there are no months and years. */
const Span = z
  .string()
  .regex(new RegExp(`^${span}$`), 'an ISO duration of weeks, days, hours, minutes or seconds, such as P14D');
/** A span forwards or, with a minus, backwards. */
const Shift = z
  .string()
  .regex(new RegExp(`^-?${span}$`), 'an ISO duration of weeks, days, hours, minutes or seconds, such as P14D or -P14D');

/** Values under names, as variables, inputs and attributes are given. */
export const ValueFields: z.ZodType<ValueFields> = z
  .record(
    z.string().min(1).max(journeyLimits.line),
    z.lazy(() => ValueExpression),
  )
  .refine((fields) => Object.keys(fields).length <= journeyLimits.entries, 'Too many fields');
/** Values under names. An interface, as its values may hold fields themselves. */
export interface ValueFields {
  readonly [name: string]: ValueExpression;
}

/** An interface, as a value may be made of others. */
interface Values extends ReadonlyArray<ValueExpression> {}
const values: z.ZodType<Values> = z.lazy(() => z.array(ValueExpression).max(journeyLimits.entries));
const someValues: z.ZodType<Values> = z.lazy(() => z.array(ValueExpression).min(1).max(journeyLimits.entries));

/**
 * A value that a definition names instead of computing it in code; plain data, evaluated by `domain/conditions`.
 *
 * - `literal`: itself
 * - `contact`: an attribute of the contact as it is at that moment, also `externalId`
 * - `entry`: a property of the event that started the run; `entryKey`: that event's key
 * - `output`: what a step's latest visit came to
 * - `event`: a property of the event that a filter looks at; only inside a filter
 * - `now`: the instant at which it is evaluated, moved by a span of time
 * - `firstOf`: the first that is there; `text`: all joined, a missing one as nothing; `object`: several under names
 *
 * What is not there is null; nothing here can fail.
 */
export const ValueExpression = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('literal'), value: json }),
    z.strictObject({ kind: z.literal('contact'), path: ownPath }),
    z.strictObject({ kind: z.literal('entry'), path: ownPath }),
    z.strictObject({ kind: z.literal('entryKey') }),
    z.strictObject({ kind: z.literal('output'), step: stepId, path }),
    z.strictObject({ kind: z.literal('event'), path: ownPath }),
    z.strictObject({ kind: z.literal('now'), plus: Shift.exactOptional() }),
    z.strictObject({ kind: z.literal('firstOf'), values: someValues }),
    z.strictObject({ kind: z.literal('text'), parts: values }),
    z.strictObject({ kind: z.literal('object'), fields: ValueFields }),
  ])
  .meta({ id: 'ValueExpression' });
/** A value that a definition names. */
export type ValueExpression = z.infer<typeof ValueExpression>;

/** An interface, as a condition may be made of others. */
interface Conditions extends ReadonlyArray<Condition> {}
const conditions: z.ZodType<Conditions> = z.lazy(() => z.array(Condition).max(journeyLimits.entries));

/** How often something must have been done. */
const Count = z.strictObject({ op: z.enum(['atLeast', 'atMost', 'exactly']), times: z.int().min(0).max(100_000) });
/** How often something must have been done. */
export type Count = z.infer<typeof Count>;

/**
 * A question about values, answered yes or no. A comparison with what is not there is no, `notEquals` is its opposite. With `ignoreCase` texts are
 * compared in lower case, letter by letter.
 *
 * - `performed`: whether the contact did something: events of a name of which all of `where` hold, not older than `within`, at least once unless
 *   `count` says otherwise. `which`: all of `where` is asked of the first or last of them alone
 * - `inSegment`: whether the contact is one of a segment
 *
 * These two are for the rules of segments.
 */
export const Condition = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('compare'),
      op: z.enum(comparisons),
      left: ValueExpression,
      right: ValueExpression,
      ignoreCase: z.literal(true).exactOptional(),
    }),
    z.strictObject({ kind: z.literal('exists'), value: ValueExpression }),
    z.strictObject({
      kind: z.literal('performed'),
      event: z.string().min(1).max(journeyLimits.line),
      where: conditions.exactOptional(),
      within: Span.exactOptional(),
      which: z.enum(['first', 'last']).exactOptional(),
      count: Count.exactOptional(),
    }),
    z.strictObject({ kind: z.literal('inSegment'), segment: Slug }),
    z.strictObject({ kind: z.literal('all'), of: conditions }),
    z.strictObject({ kind: z.literal('any'), of: conditions }),
    z.strictObject({
      kind: z.literal('not'),
      get condition() {
        return Condition;
      },
    }),
  ])
  .meta({ id: 'Condition' });
/** A question about values. */
export type Condition = z.infer<typeof Condition>;
