import type { Condition } from '../../contracts/journeys/conditions.schema.ts';
import { referencesIn } from '../conditions/references.ts';
import { leavesOf } from './parts-of.ts';

/** What a resolved rule looks at, as writes note what they have changed: `contact.plan`, `event.Ordered`. Sorted, each once. */
export function readsOf(rule: Condition): string[] {
  const attributes = referencesIn(rule).flatMap(({ from, path }) => (from === 'contact' ? [`contact.${path[0]}`] : []));
  return [...new Set([...attributes, ...eventsIn(rule).map((name) => `event.${name}`)])].toSorted();
}

function eventsIn(rule: Condition): string[] {
  return leavesOf(rule).flatMap(({ condition }) => (condition.kind === 'performed' ? [condition.event] : []));
}
