import { sql, type RawBuilder } from 'kysely';
import type { Condition, ValueExpression, ValuePath } from '../../../contracts/journeys/conditions.schema.ts';
import { shiftOf } from '../../../domain/conditions/moments.ts';
import { leavesOf } from '../../../domain/segments/parts-of.ts';
import { compareSql, literal } from './compare-sql.ts';
import { momentSql, type Operand } from './read-sql.ts';

/** The instant at which a rule is evaluated, in epoch milliseconds, and the event that is looked at, inside `performed`. */
type Scope = { now: number; event?: RawBuilder<unknown> };

/** What `contactFacts` gives of each contact `c`, as `f.facts`. */
const factsOfContact = sql`lateral (
  select c.attributes || jsonb_strip_nulls(jsonb_build_object('externalId', c.external_id, 'email', c.email, 'timeZone', c.zone)) as facts offset 0) f`;

/** The contacts `c` that a rule is asked of. */
export const ruleSubjects = sql`contact c cross join ${factsOfContact}`;

/**
 * Whether a rule that `checkRule` has passed and `resolveRule` has resolved holds for `ruleSubjects`: the same as `holds` in the domain, never null,
 * and it cannot fail on any data.
 */
export function ruleSql(rule: Condition, scope: Scope): RawBuilder<boolean> {
  switch (rule.kind) {
    case 'compare':
      return compareSql(rule.op, valueSql(rule.left, scope), valueSql(rule.right, scope), rule.ignoreCase);
    case 'exists':
      return sql`coalesce(${valueSql(rule.value, scope).value} <> 'null', false)`;
    case 'all':
      return rule.of.length === 0 ? sql`true` : sql`(${joined(rule.of, scope, ' and ')})`;
    case 'any':
      return rule.of.length === 0 ? sql`false` : sql`(${joined(rule.of, scope, ' or ')})`;
    case 'not':
      return sql`(not ${ruleSql(rule.condition, scope)})`;
    case 'performed':
      return performedSql(rule, scope);
    case 'inSegment':
      return sql`false`;
  }
}

/**
 * The next instant, in epoch milliseconds, at which the clock alone may change what a rule comes to; null where it never does. Nothing changes before
 * it; at it, not everything must.
 */
export function dueSql(rule: Condition, scope: Scope): RawBuilder<number | null> | null {
  const dues = leavesOf(rule).flatMap(({ condition }) => dueOf(condition, scope) ?? []);
  return dues.length === 0 ? null : sql`least(${sql.join(dues)})`;
}

type Did = Extract<Condition, { kind: 'performed' }>;

function joined(parts: readonly Condition[], scope: Scope, by: ' and ' | ' or '): RawBuilder<unknown> {
  return sql.join(
    parts.map((part) => ruleSql(part, scope)),
    sql.raw(by),
  );
}

/** No more events are looked at than decide it. */
function performedSql(rule: Did, scope: Scope): RawBuilder<boolean> {
  const { where = [], which, count: { op, times } = { op: 'atLeast', times: 1 } as const } = rule;
  const inner = { ...scope, event: sql`e.properties` };
  const asked = where.length === 0 ? sql`true` : joined(where, inner, ' and ');
  const order = which === 'last' ? sql`desc` : sql`asc`;
  const found =
    which === undefined
      ? sql`select from ${eventsOf(rule, scope)} and ${asked}`
      : sql`select from (select e.properties from ${eventsOf(rule, scope)}
          order by e.occurred_at ${order}, e.received_at ${order}, e.id collate "C" ${order} limit 1) e where ${asked}`;
  const sign = { atLeast: sql`>=`, atMost: sql`<=`, exactly: sql`=` }[op];
  const enough = op === 'atLeast' ? times : times + 1;
  return sql`((select count(*) from (${found} limit ${enough}) n) ${sign} ${times})`;
}

function eventsOf({ event, within }: Did, { now }: Scope): RawBuilder<unknown> {
  const since =
    within === undefined ? sql`true` : sql`e.occurred_at >= to_timestamp(${(now - shiftOf(within)) / 1_000}::float8)`;
  return sql`event e where e.workspace_id = c.workspace_id and e.contact_id = c.id and e.name = ${event} and ${since}`;
}

function valueSql(expression: ValueExpression, scope: Scope): Operand {
  switch (expression.kind) {
    case 'literal':
      return literal(expression.value);
    case 'now':
      return literal(new Date(scope.now + shiftOf(expression.plus)).toISOString());
    case 'contact':
      return { value: at(sql`f.facts`, expression.path) };
    case 'event':
      return scope.event ? { value: at(scope.event, expression.path) } : literal(null);
    case 'firstOf': {
      const there = expression.values.map(
        (part) => sql`nullif(nullif(${valueSql(part, scope).value}, 'null'::jsonb), '""'::jsonb)`,
      );
      return { value: sql`coalesce(${sql.join(there)}, null)` };
    }
    case 'entry':
    case 'entryKey':
    case 'output':
    case 'text':
    case 'object':
      // Of a run, or made anew: `checkRule` refuses them.
      return literal(null);
  }
}

/** Name by name, as a name that is a number would take an item out of a list. */
function at(whole: RawBuilder<unknown>, path: ValuePath): RawBuilder<unknown> {
  return sql`(${sql.join([whole, ...path.map((name) => sql`${name}::text`)], sql` -> `)})`;
}

function dueOf(leaf: Condition, scope: Scope): RawBuilder<number> | null {
  const { now } = scope;
  if (leaf.kind === 'performed') {
    if (leaf.within === undefined) return null;
    const gone = shiftOf(leaf.within) + 1;
    return sql`(select floor(extract(epoch from min(e.occurred_at)) * 1000)::float8 + ${gone}::float8 from ${eventsOf(leaf, scope)})`;
  }
  if (leaf.kind !== 'compare' || (leaf.left.kind === 'now') === (leaf.right.kind === 'now')) return null;
  const [moving, fixed] = leaf.left.kind === 'now' ? [leaf.left, leaf.right] : [leaf.right, leaf.left];
  // What is `before` now has become so a millisecond after it was now; what is `after` now ceases to be so when it is now.
  const isBefore = (leaf.op === 'before') === (moving === leaf.right);
  const shift = (moving.kind === 'now' ? shiftOf(moving.plus) : 0) - (isBefore ? 1 : 0);
  return sql`(select case when m.at - ${shift}::float8 > ${now}::float8 then m.at - ${shift}::float8 end
    from (select ${momentSql(valueSql(fixed, scope))} as at offset 0) m)`;
}
