import type { EventTrigger, JourneyNode } from '../../../contracts/journey.ts';
import type { ValueExpression } from '../../../contracts/journey-conditions.ts';
import { referencesIn, referencesOf, type Reference } from '../../conditions/references.ts';

/** A reference and the field of the node in which it stands. */
export type Use = { field: string; reference: Reference };

/** Every value that a node takes from the run. References to the event inside its own filter are in order and left out. */
export function usesOf(node: JourneyNode): Use[] {
  switch (node.kind) {
    case 'email': {
      const { subject } = node.content;
      return [...(subject ? values('content.subject', subject) : []), ...fields('variables', node.variables ?? {})];
    }
    case 'waitFor':
      return triggerUses('on', node.on);
    case 'if':
      return referencesIn(node.when).map((reference) => ({ field: 'when', reference }));
    case 'llm':
      return fields('input', node.input);
    case 'approval':
      return values('show', node.show);
    case 'updateContact':
    case 'crm':
      return fields('set', node.set);
    case 'delay':
    case 'exit':
    case 'goTo':
      return [];
  }
}

/** The values that a trigger takes from the run: its key, and its filter's without the event's own. */
export function triggerUses(field: string, trigger: EventTrigger): Use[] {
  const filter = trigger.filter ? referencesIn(trigger.filter) : [];
  return [
    ...(trigger.key ? values(`${field}.key`, trigger.key) : []),
    ...filter
      .filter((reference) => reference.from !== 'event')
      .map((reference) => ({ field: `${field}.filter`, reference })),
  ];
}

function values(field: string, expression: ValueExpression): Use[] {
  return referencesOf(expression).map((reference) => ({ field, reference }));
}

function fields(field: string, record: Readonly<Record<string, ValueExpression>>): Use[] {
  return Object.entries(record).flatMap(([name, expression]) => values(`${field}.${name}`, expression));
}
