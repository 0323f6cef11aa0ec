import { sql, type RawBuilder } from 'kysely';
import type { JsonValue } from '../../../contracts/core/machine.ts';
import { numberOf } from '../../../domain/conditions/compare.ts';
import { instantOf, momentOf } from '../../../domain/conditions/moments.ts';

/** A value as a statement has it, `jsonb` or null; `known` where it is the same for everybody. */
export type Operand = { value: RawBuilder<unknown>; known?: JsonValue };

/** The characters that JavaScript calls white space; no class of Postgres holds the same ones. */
const blank = String.raw`[\u0009-\u000d\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]*`;
const number = `^${blank}(-?[0-9]+(?:\\.[0-9]+)?)${blank}$`;
const instant =
  '^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\\.([0-9]{1,9}))?)?(?:Z|([+-])([0-9]{2}):([0-9]{2}))$';
const date = '^([0-9]{4})-([0-9]{2})-([0-9]{2})$';

/** A scalar as its text. */
export function textSql({ value }: Operand): RawBuilder<string> {
  return sql`(${value} #>> '{}')`;
}

/** Whether it is a text. */
export function isTextSql({ value, known }: Operand): RawBuilder<boolean> {
  return known === undefined
    ? sql`coalesce(jsonb_typeof(${value}) = 'string', false)`
    : constant(typeof known === 'string');
}

/** The same as `numberOf` in the domain. No cast here can fail: what it would fail at is looked at first. */
export function numberSql(operand: Operand): RawBuilder<number | null> {
  const { value, known } = operand;
  if (known !== undefined) return sql`${numberOf(known)}::float8`;
  const text = textSql(operand);
  return sql`case jsonb_typeof(${value})
    when 'number' then case when abs(${value}::numeric) > 1.7976931348623157e308 then sign(${value}::numeric)::float8 * 'Infinity'::float8
      when abs(${value}::numeric) < 4.9e-324 then 0::float8 else ${value}::numeric::float8 end
    when 'string' then case when length(${text}) <= 300 then substring(${text} from ${number}::text)::float8 end end`;
}

/** The same as `instantOf` in the domain. */
export function instantSql(operand: Operand): RawBuilder<number | null> {
  if (operand.known !== undefined) return sql`${instantOf(operand.known)}::float8`;
  return sql`(select ${midnight} + (case when m[4]::int < 24 and m[5]::int < 60 and coalesce(m[6]::int, 0) < 60 and coalesce(m[9]::int, 0) < 24
      and coalesce(m[10]::int, 0) < 60 then (m[4]::int * 60 + m[5]::int) * 60000 + coalesce(m[6]::int, 0) * 1000
      + rpad(left(coalesce(m[7], ''), 3), 3, '0')::int
      + case when m[8] = '-' then 60000 else -60000 end * (coalesce(m[9]::int, 0) * 60 + coalesce(m[10]::int, 0)) end)::float8
    from (${parts(operand, instant)}) r)`;
}

/** The same as `momentOf` in the domain. */
export function momentSql(operand: Operand): RawBuilder<number | null> {
  if (operand.known !== undefined) return sql`${momentOf(operand.known)}::float8`;
  return sql`coalesce(${instantSql(operand)}, (select ${midnight} from (${parts(operand, date)}) r))`;
}

/** Whether one is known to be none, so that nothing need be asked of the other. */
export function isKnownNot(read: (value: JsonValue) => number | null, { known }: Operand): boolean {
  return known !== undefined && read(known) === null;
}

/** A yes or no that is the same for everybody. */
export function constant(isTrue: boolean): RawBuilder<boolean> {
  return isTrue ? sql`true` : sql`false`;
}

/** What a text has at the places of a pattern; nothing but a text is looked at. */
function parts(operand: Operand, pattern: string): RawBuilder<unknown> {
  return sql`select case when ${isTextSql(operand)} then regexp_match(${textSql(operand)}, ${pattern}::text) end as m offset 0`;
}

/** The beginning of the day `m`, in UTC; null where there is no such day. */
const midnight = sql`case when m[1]::int > 0 and m[2]::int between 1 and 12 and m[3]::int between 1 and
    case when m[2]::int = 2 then case when (m[1]::int % 4 = 0 and m[1]::int % 100 <> 0) or m[1]::int % 400 = 0 then 29 else 28 end
      when m[2]::int in (4, 6, 9, 11) then 30 else 31 end
  then (make_date(m[1]::int, m[2]::int, m[3]::int) - date '1970-01-01')::float8 * 86400000 end`;
