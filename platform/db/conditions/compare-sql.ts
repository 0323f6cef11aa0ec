import { sql, type RawBuilder } from 'kysely';
import type { Comparison } from '../../../contracts/journeys/conditions.schema.ts';
import type { JsonValue } from '../../../contracts/core/machine.ts';
import { folded, numberOf } from '../../../domain/conditions/compare.ts';
import { instantOf } from '../../../domain/conditions/moments.ts';
import { toText } from '../../../domain/conditions/values.ts';
import {
  constant,
  instantSql,
  isKnownNot,
  isTextSql,
  momentSql,
  numberSql,
  type Operand,
  textSql,
} from './read-sql.ts';

/** The same as `compare` in the domain, as a statement asks it of many; never null, and it cannot fail on any data. */
export function compareSql(op: Comparison, left: Operand, right: Operand, ignoresCase = false): RawBuilder<boolean> {
  const [a, b] = ignoresCase ? [foldedOperand(left), foldedOperand(right)] : [left, right];
  switch (op) {
    case 'equals':
      return bound(a, b, isEqual);
    case 'notEquals':
      return sql`not ${bound(a, b, isEqual)}`;
    case 'lessThan':
      return bound(a, b, ordered('<'));
    case 'atMost':
      return bound(a, b, ordered('<='));
    case 'greaterThan':
      return bound(a, b, ordered('>'));
    case 'atLeast':
      return bound(a, b, ordered('>='));
    case 'contains':
      return bound(a, b, contains);
    case 'startsWith':
      return bound(
        a,
        b,
        (x, y) =>
          sql`coalesce(${isTextSql(x)} and ${isTextSql(y)} and starts_with(${textSql(x)}, ${textSql(y)}), false)`,
      );
    case 'oneOf':
      return bound(a, b, isOneOf);
    case 'before':
      return bound(left, right, (x, y) => sql`coalesce(${momentSql(x)} < ${momentSql(y)}, false)`);
    case 'after':
      return bound(left, right, (x, y) => sql`coalesce(${momentSql(x)} > ${momentSql(y)}, false)`);
  }
}

/** Asks with each value taken once. What is known is seen while the statement is made, as what a cast could fail at must not be. */
function bound(
  left: Operand,
  right: Operand,
  ask: (left: Operand, right: Operand) => RawBuilder<boolean>,
): RawBuilder<boolean> {
  const a = { ...left, value: sql`o.a` };
  const b = { ...right, value: sql`o.b` };
  return sql`(select ${ask(a, b)} from (select ${left.value} as a, ${right.value} as b offset 0) o)`;
}

function isEqual(a: Operand, b: Operand): RawBuilder<boolean> {
  const isInstant =
    isKnownNot(instantOf, a) || isKnownNot(instantOf, b) ? none : sql`${instantSql(a)} = ${instantSql(b)}`;
  const isNumber =
    isKnownNot(numberOf, a) || isKnownNot(numberOf, b)
      ? none
      : sql`case when not (${isTextSql(a)} and ${isTextSql(b)}) then ${numberSql(a)} = ${numberSql(b)} end`;
  return sql`coalesce(${isInstant}, ${isNumber}, ${isSame(a.value, b.value)})`;
}

/** A property that is null is as good as none, at each level, as in the domain. */
function isSame(a: RawBuilder<unknown>, b: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql`jsonb_strip_nulls(coalesce(${a}, 'null')) = jsonb_strip_nulls(coalesce(${b}, 'null'))`;
}

function ordered(sign: '<' | '<=' | '>' | '>='): (a: Operand, b: Operand) => RawBuilder<boolean> {
  const by = sql.raw(sign);
  return (a, b) => {
    const instants =
      isKnownNot(instantOf, a) || isKnownNot(instantOf, b) ? none : sql`${instantSql(a)} ${by} ${instantSql(b)}`;
    const numbers =
      isKnownNot(numberOf, a) || isKnownNot(numberOf, b) ? none : sql`${numberSql(a)} ${by} ${numberSql(b)}`;
    const texts = sql`case when ${isTextSql(a)} and ${isTextSql(b)} then ${textSql(a)} collate "C" ${by} ${textSql(b)} collate "C" end`;
    return sql`coalesce(${instants}, ${numbers}, ${texts}, false)`;
  };
}

/** @throws Error where the part is not written in the rule, which `checkRule` refuses: a number would need its text as JavaScript has it */
function contains(whole: Operand, part: Operand): RawBuilder<boolean> {
  if (part.known === undefined) throw new Error('What is contained must be known');
  const words = toText(part.known);
  const inText = words === '' ? constant(false) : sql`strpos(${textSql(whole)}, ${words}::text) > 0`;
  return sql`case jsonb_typeof(${whole.value})
    when 'array' then exists (select from jsonb_array_elements(${whole.value}) i(item) where ${isSame(sql`i.item`, part.value)})
    when 'string' then ${inText} else false end`;
}

/** @throws Error where the list is not written in the rule, which `checkRule` refuses */
function isOneOf(value: Operand, list: Operand): RawBuilder<boolean> {
  if (list.known === undefined) throw new Error('The list must be known');
  if (!Array.isArray(list.known) || list.known.length === 0) return constant(false);
  const items = list.known.map((item: JsonValue) => isEqual(value, literal(item)));
  return sql`(coalesce(${value.value} <> 'null', false) and (${sql.join(items, sql` or `)}))`;
}

/** A value that is the same for everybody. */
export function literal(known: JsonValue): Operand {
  return { value: sql`${JSON.stringify(known)}::jsonb`, known };
}

function foldedOperand(operand: Operand): Operand {
  if (operand.known !== undefined) return literal(folded(operand.known));
  const { value } = operand;
  const folds = (one: RawBuilder<unknown>): RawBuilder<unknown> =>
    sql`case when jsonb_typeof(${one}) = 'string' then to_jsonb(lower((${one} #>> '{}') collate "pg_c_utf8")) else ${one} end`;
  return {
    value: sql`(select case when jsonb_typeof(f.v) = 'array' then
        (select coalesce(jsonb_agg(${folds(sql`i.item`)} order by i.n), '[]') from jsonb_array_elements(f.v) with ordinality i(item, n))
      else ${folds(sql`f.v`)} end from (select ${value} as v offset 0) f)`,
  };
}

const none = sql<boolean>`null::boolean`;
