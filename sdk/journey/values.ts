import type { Comparison, Condition, ValueExpression } from '../../contracts/journeys/conditions.schema.ts';
import type { JsonValue } from '../../contracts/core/machine.ts';
import { condition, expression, type Asked, type Expressed, type Operand, type UsesOf } from './marks.ts';

/** A question about values; used by `when` and by filters. */
export interface Question<U extends string = string> extends Asked<U> {
  and<V extends string>(other: Question<V>): Question<U | V>;
  or<V extends string>(other: Question<V>): Question<U | V>;
  not(): Question<U>;
}

/** A value of which nothing but its being is known. */
export interface AnyValue<T, U extends string> extends Expressed<T, U> {
  /** Whether it is there at all. */
  exists(): Question<U>;
  equals<const O extends Operand<T>>(other: O): Question<U | UsesOf<O>>;
  notEquals<const O extends Operand<T>>(other: O): Question<U | UsesOf<O>>;
  /** Whether it equals one of these. */
  oneOf(values: readonly T[]): Question<U>;
  /** Itself, or this when it is missing or empty. */
  or<const O extends Operand<T>>(other: O): Value<T, U | UsesOf<O>>;
}

/** A value with an order: a number, or a text (ISO instants order as texts). */
export interface OrderedValue<T, U extends string> extends AnyValue<T, U> {
  lessThan<const O extends Operand<T>>(other: O): Question<U | UsesOf<O>>;
  atMost<const O extends Operand<T>>(other: O): Question<U | UsesOf<O>>;
  greaterThan<const O extends Operand<T>>(other: O): Question<U | UsesOf<O>>;
  atLeast<const O extends Operand<T>>(other: O): Question<U | UsesOf<O>>;
}

/** A text. */
export interface TextValue<T, U extends string> extends OrderedValue<T, U> {
  contains<const O extends Operand<string>>(other: O): Question<U | UsesOf<O>>;
  startsWith<const O extends Operand<string>>(other: O): Question<U | UsesOf<O>>;
  /** Whether it is a moment before another: an instant with a zone, or a date, which begins in UTC. */
  before<const O extends Operand<string>>(other: O): Question<U | UsesOf<O>>;
  /** Whether it is a moment after another. */
  after<const O extends Operand<string>>(other: O): Question<U | UsesOf<O>>;
}

/** A list. */
export interface ListValue<Item, U extends string> extends Expressed<readonly Item[], U> {
  exists(): Question<U>;
  contains<const O extends Operand<Item>>(item: O): Question<U | UsesOf<O>>;
}

/** An object: its properties are values, and itself may be shown or passed on as a whole. */
export type ObjectValue<T, U extends string> = Expressed<T, U> & {
  readonly [Name in keyof T]-?: Value<NonNullable<T[Name]>, U>;
};

/** The value of a type, with the questions that make sense for it. */
export type Value<T, U extends string = never> = [T] extends [string]
  ? TextValue<T, U>
  : [T] extends [number]
    ? OrderedValue<T, U>
    : [T] extends [readonly (infer Item)[]]
      ? ListValue<Item, U>
      : [T] extends [object]
        ? string extends keyof T
          ? AnyValue<T, U>
          : ObjectValue<T, U>
        : AnyValue<T, U>;

/** Every method that a value can have at run time; the types above say which of them make sense. */
type Methods = Expressed<unknown, string> & {
  exists(): Question;
  or(other: unknown): Methods;
} & Record<Comparison, (other: unknown) => Question>;

/** A value of the builder for an expression, with all methods. */
export function valueFor(data: ValueExpression): Methods {
  const compare =
    (op: Comparison) =>
    (other: unknown): Question =>
      ask({ kind: 'compare', op, left: data, right: expressionOf(other) });
  return {
    [expression]: data,
    exists: () => ask({ kind: 'exists', value: data }),
    or: (other) => valueFor({ kind: 'firstOf', values: [data, expressionOf(other)] }),
    equals: compare('equals'),
    notEquals: compare('notEquals'),
    lessThan: compare('lessThan'),
    atMost: compare('atMost'),
    greaterThan: compare('greaterThan'),
    atLeast: compare('atLeast'),
    contains: compare('contains'),
    startsWith: compare('startsWith'),
    oneOf: compare('oneOf'),
    before: compare('before'),
    after: compare('after'),
  };
}

/** The expression of a value of the builder; anything else is a literal. A record with values in it becomes an object. */
export function expressionOf(operand: unknown): ValueExpression {
  if (isExpressed(operand)) return operand[expression];
  if (isRecord(operand) && Object.values(operand).some(isExpressed)) {
    return { kind: 'object', fields: expressionsOf(operand) };
  }
  return { kind: 'literal', value: literalOf(operand) };
}

/** The expressions of a record's values. */
export function expressionsOf(record: Readonly<Record<string, unknown>>): Record<string, ValueExpression> {
  return Object.fromEntries(
    Object.entries(record)
      .filter(([, operand]) => operand !== undefined)
      .map(([name, operand]) => [name, expressionOf(operand)]),
  );
}

/** A question for a condition. */
export function ask<U extends string>(data: Condition): Question<U> {
  return {
    [condition]: data,
    and: (other) => ask({ kind: 'all', of: [data, other[condition]] }),
    or: (other) => ask({ kind: 'any', of: [data, other[condition]] }),
    not: () => ask({ kind: 'not', condition: data }),
  };
}

/**
 * Words with values in them: text`Hello ${contact.firstName}`. What is missing is left out.
 */
export function text<const O extends readonly (Operand<string> | Operand<number>)[]>(
  words: TemplateStringsArray,
  ...values: O
): TextValue<string, UsesOf<O[number]>> {
  const parts = words.flatMap((word, index): ValueExpression[] => {
    const before: ValueExpression[] = word === '' ? [] : [{ kind: 'literal', value: word }];
    return index < values.length ? [...before, expressionOf(values[index])] : before;
  });
  return asValue(valueFor({ kind: 'text', parts }));
}

/** The one place where the builder's run-time value takes the type that its maker promises. */
export function asValue<V>(value: unknown): V {
  return value as V;
}

function isExpressed(operand: unknown): operand is Expressed<unknown, string> {
  return typeof operand === 'object' && operand !== null && expression in operand;
}

function isRecord(operand: unknown): operand is Record<string, unknown> {
  return typeof operand === 'object' && operand !== null && !Array.isArray(operand);
}

/** Plain data as JSON; what JSON has no word for is refused while the author still looks at it. */
function literalOf(operand: unknown): JsonValue {
  const json = JSON.stringify(operand);
  if (json === undefined) throw new TypeError(`A journey holds plain data; ${typeof operand} is none`);
  return JSON.parse(json) as JsonValue;
}
