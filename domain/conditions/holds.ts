import type { Condition, Count } from '../../contracts/journeys/conditions.schema.ts';
import { compare } from './compare.ts';
import { shiftOf } from './moments.ts';
import { evaluate, type Facts } from './values.ts';

/**
 * Whether a condition is met by the facts. Never throws; what is not there compares as no. A segment's own rule stands in the place of `inSegment`
 * before it is asked here: `resolveRule`.
 */
export function holds(condition: Condition, facts: Facts): boolean {
  switch (condition.kind) {
    case 'compare':
      return compare(
        condition.op,
        evaluate(condition.left, facts),
        evaluate(condition.right, facts),
        condition.ignoreCase,
      );
    case 'exists':
      return evaluate(condition.value, facts) !== null;
    case 'all':
      return condition.of.every((part) => holds(part, facts));
    case 'any':
      return condition.of.some((part) => holds(part, facts));
    case 'not':
      return !holds(condition.condition, facts);
    case 'performed':
      return performed(condition, facts);
    case 'inSegment':
      return false;
  }
}

/** An event that is said to happen later than now counts at once; one that happened just `within` ago still does. */
function performed({ event, where = [], within, which, count }: Did, facts: Facts): boolean {
  const since = within === undefined ? -Infinity : Date.parse(facts.now ?? '') - shiftOf(within);
  const done = (facts.events ?? []).filter(({ name, at }) => name === event && at >= since);
  const asked = which === undefined ? done : which === 'first' ? done.slice(0, 1) : done.slice(-1);
  const met = asked.filter(({ properties }) => where.every((part) => holds(part, { ...facts, event: properties })));
  return isCount(met.length, count);
}

type Did = Extract<Condition, { kind: 'performed' }>;

function isCount(times: number, count: Count = { op: 'atLeast', times: 1 }): boolean {
  switch (count.op) {
    case 'atLeast':
      return times >= count.times;
    case 'atMost':
      return times <= count.times;
    case 'exactly':
      return times === count.times;
  }
}
