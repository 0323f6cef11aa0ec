import type { Condition } from '../../contracts/journeys/conditions.schema.ts';

/** A question of a rule, and where it stands. */
export type RulePart = { path: string; condition: Condition };

/** A rule's questions, the outer before the inner; what is asked of one event is part of `performed`. */
export function partsOf(rule: Condition, path = 'rule'): RulePart[] {
  const inner = (): RulePart[] => {
    switch (rule.kind) {
      case 'all':
      case 'any':
        return rule.of.flatMap((part, index) => partsOf(part, `${path}.of.${index}`));
      case 'not':
        return partsOf(rule.condition, `${path}.condition`);
      default:
        return [];
    }
  };
  return [{ path, condition: rule }, ...inner()];
}
