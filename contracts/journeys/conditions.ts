import type { JsonValue } from '../core/machine.ts';

/** The parts of a value that a reference walks into, outermost first: `['address', 'city']`. */
export type ValuePath = readonly string[];

/**
 * A value that a definition names instead of computing it in code; plain data, evaluated by `domain/conditions`.
 *
 * - `literal`: itself
 * - `contact`: an attribute of the contact as it is at that moment, also `externalId`
 * - `entry`: a property of the event that started the run; `entryKey`: that event's key
 * - `output`: what a step's latest visit came to
 * - `event`: a property of the event that a filter looks at; only inside a filter
 * - `firstOf`: the first that is there; `text`: all joined, a missing one as nothing; `object`: several under names
 *
 * What is not there is null; nothing here can fail.
 */
export type ValueExpression =
  | { kind: 'literal'; value: JsonValue }
  | { kind: 'contact'; path: ValuePath }
  | { kind: 'entry'; path: ValuePath }
  | { kind: 'entryKey' }
  | { kind: 'output'; step: string; path: ValuePath }
  | { kind: 'event'; path: ValuePath }
  | { kind: 'firstOf'; values: readonly ValueExpression[] }
  | { kind: 'text'; parts: readonly ValueExpression[] }
  | { kind: 'object'; fields: Readonly<Record<string, ValueExpression>> };

/** Every comparison; the order ones hold for two numbers or two strings (instants in ISO form order as strings do). */
export const comparisons = [
  'equals',
  'notEquals',
  'lessThan',
  'atMost',
  'greaterThan',
  'atLeast',
  'contains',
  'startsWith',
] as const;

/** How two values are compared. `contains` is for a text in a text and for an item in a list. */
export type Comparison = (typeof comparisons)[number];

/** A question about values, answered yes or no. A comparison with what is not there is no, `notEquals` is its opposite. */
export type Condition =
  | { kind: 'compare'; op: Comparison; left: ValueExpression; right: ValueExpression }
  | { kind: 'exists'; value: ValueExpression }
  | { kind: 'all'; of: readonly Condition[] }
  | { kind: 'any'; of: readonly Condition[] }
  | { kind: 'not'; condition: Condition };
