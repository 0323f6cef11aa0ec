import type { Condition, ValueExpression, ValuePath } from '../../contracts/journeys/conditions.schema.ts';

/** A value that an expression takes from the run: from where, and by which path. `segmentRule` is what rules of segments alone may ask. */
export type Reference = {
  from: 'contact' | 'entry' | 'entryKey' | 'output' | 'event' | 'segmentRule';
  path: ValuePath;
  /** The step, for an output. */
  step: string | null;
  /** Whether something else stands in when it is missing: inside `firstOf` (but last) or `exists`. */
  isGuarded: boolean;
};

const segmentRule: Reference = { from: 'segmentRule', path: [], step: null, isGuarded: true };

/** Every reference in a value, in reading order. */
export function referencesOf(expression: ValueExpression, isGuarded = false): Reference[] {
  switch (expression.kind) {
    case 'literal':
    case 'now':
      return [];
    case 'contact':
    case 'entry':
    case 'event':
      return [{ from: expression.kind, path: expression.path, step: null, isGuarded }];
    case 'entryKey':
      return [{ from: 'entryKey', path: [], step: null, isGuarded }];
    case 'output':
      return [{ from: 'output', path: expression.path, step: expression.step, isGuarded }];
    case 'firstOf': {
      const last = expression.values.length - 1;
      return expression.values.flatMap((value, index) => referencesOf(value, isGuarded || index < last));
    }
    case 'text':
      return expression.parts.flatMap((part) => referencesOf(part, isGuarded));
    case 'object':
      return Object.values(expression.fields).flatMap((field) => referencesOf(field, isGuarded));
  }
}

/** Every reference in a condition. What a condition asks to exist is guarded by that question. */
export function referencesIn(condition: Condition): Reference[] {
  switch (condition.kind) {
    case 'compare':
      return [...referencesOf(condition.left), ...referencesOf(condition.right)];
    case 'exists':
      return referencesOf(condition.value, true);
    case 'all':
    case 'any':
      return condition.of.flatMap(referencesIn);
    case 'not':
      return referencesIn(condition.condition);
    case 'performed':
      return [segmentRule, ...(condition.where ?? []).flatMap(referencesIn)];
    case 'inSegment':
      return [segmentRule];
  }
}
