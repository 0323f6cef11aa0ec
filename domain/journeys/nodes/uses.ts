import type { EventTrigger } from '../../../contracts/journeys/nodes.schema.ts';
import type { ValueExpression } from '../../../contracts/journeys/conditions.schema.ts';
import { referencesIn, referencesOf, type Reference } from '../../conditions/references.ts';

/** A value that a node takes from the run, and the field of the node in which it stands. */
export type Use = { field: string; reference: Reference };

/** The values that a trigger takes from the run: its key, and its filter's. The filter's references to the event itself are in order. */
export function triggerUses(field: string, trigger: EventTrigger): Use[] {
  const filter = trigger.filter ? referencesIn(trigger.filter) : [];
  return [
    ...(trigger.key ? valueUses(`${field}.key`, trigger.key) : []),
    ...filter
      .filter((reference) => reference.from !== 'event')
      .map((reference) => ({ field: `${field}.filter`, reference })),
  ];
}

/** The values that an expression takes from the run. */
export function valueUses(field: string, expression: ValueExpression): Use[] {
  return referencesOf(expression).map((reference) => ({ field, reference }));
}

/** The same of expressions under names. */
export function fieldUses(field: string, record: Readonly<Record<string, ValueExpression>>): Use[] {
  return Object.entries(record).flatMap(([name, expression]) => valueUses(`${field}.${name}`, expression));
}
