import type { Condition } from '../../contracts/journeys/conditions.schema.ts';
import { segmentLimits } from '../../contracts/segments/limits.ts';
import { sizeOf } from './check-rule.ts';
import { leavesOf } from './parts-of.ts';

/** The rules of a workspace's segments by their slugs. */
export type Rules = ReadonlyMap<string, Condition>;

/** A rule with the rules of the segments that it names in their place, and the slugs of those; or why there is none. */
export type Resolved =
  | { kind: 'resolved'; rule: Condition; uses: readonly string[] }
  | { kind: 'unknown'; segment: string }
  | { kind: 'circle'; path: readonly string[] }
  | { kind: 'tooLarge' };

/** Puts the rules of the segments that a rule names in their place. `slug` is the rule's own segment, which it must not come back to. */
export function resolveRule(rule: Condition, slug: string, rules: Rules): Resolved {
  const fault = faultOf(rule, [slug], rules, { left: segmentLimits.resolvedParts });
  if (fault) return fault;
  const uses = new Set<string>();
  return { kind: 'resolved', rule: put(rule, rules, uses), uses: [...uses] };
}

/** The slugs of the segments that a rule itself names. */
export function segmentsIn(rule: Condition): string[] {
  return leavesOf(rule).flatMap(({ condition }) => (condition.kind === 'inSegment' ? [condition.segment] : []));
}

/** `room` is shared by the whole walk, so that names that name others many times over end it soon. */
function faultOf(rule: Condition, path: readonly string[], rules: Rules, room: { left: number }): Resolved | null {
  room.left -= sizeOf(rule);
  if (room.left < 0) return { kind: 'tooLarge' };
  for (const segment of segmentsIn(rule)) {
    if (path.includes(segment)) return { kind: 'circle', path: [...path.slice(path.indexOf(segment)), segment] };
    const inner = rules.get(segment);
    if (!inner) return { kind: 'unknown', segment };
    const fault = faultOf(inner, [...path, segment], rules, room);
    if (fault) return fault;
  }
  return null;
}

function put(rule: Condition, rules: Rules, uses: Set<string>): Condition {
  switch (rule.kind) {
    case 'all':
    case 'any':
      return { ...rule, of: rule.of.map((part) => put(part, rules, uses)) };
    case 'not':
      return { ...rule, condition: put(rule.condition, rules, uses) };
    case 'inSegment': {
      uses.add(rule.segment);
      const inner = rules.get(rule.segment);
      return inner ? put(inner, rules, uses) : rule;
    }
    default:
      return rule;
  }
}
