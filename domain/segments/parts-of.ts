import type { Condition } from '../../contracts/journeys/conditions.schema.ts';

/** A question of a rule that has no others in it, and where it stands; what is asked of one event is part of `performed`. */
export type RulePart = { path: string; condition: Condition };

/** A question of a rule, and whether it holds. */
export type AnsweredPart = { path: string; kind: Condition['kind']; holds: boolean };

/** The questions of a rule that have no others in them. */
export function leavesOf(rule: Condition, path = 'rule'): RulePart[] {
  const inner = innerOf(rule, path);
  return inner === null ? [{ path, condition: rule }] : inner.flatMap((part) => leavesOf(part.condition, part.path));
}

/** All questions of a rule, the outer before the inner, by what those hold that have no others in them. */
export function answersOf(rule: Condition, held: ReadonlyMap<string, boolean>, path = 'rule'): AnsweredPart[] {
  const inner = (innerOf(rule, path) ?? []).map((part) => answersOf(part.condition, held, part.path));
  const each = inner.map(([first]) => first?.holds ?? false);
  return [{ path, kind: rule.kind, holds: joined(rule, each) ?? held.get(path) ?? false }, ...inner.flat()];
}

function joined({ kind }: Condition, each: readonly boolean[]): boolean | undefined {
  switch (kind) {
    case 'all':
      return each.every(Boolean);
    case 'any':
      return each.some(Boolean);
    case 'not':
      return !each.every(Boolean);
    default:
      return undefined;
  }
}

function innerOf(rule: Condition, path: string): RulePart[] | null {
  switch (rule.kind) {
    case 'all':
    case 'any':
      return rule.of.map((condition, index) => ({ path: `${path}.of.${index}`, condition }));
    case 'not':
      return [{ path: `${path}.condition`, condition: rule.condition }];
    default:
      return null;
  }
}
