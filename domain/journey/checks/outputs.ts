import type { JourneyNode } from '../../../contracts/journey.ts';
import type { ValuePath } from '../../../contracts/journey-conditions.ts';
import type { JsonObject, JsonValue } from '../../../contracts/machine.ts';
import { isObject } from '../../conditions/values.ts';

/** What is known of a step's output: that it has none, or its JSON Schema ({} where nothing is known). */
export function outputSchemaOf(node: JourneyNode): JsonObject | null {
  switch (node.kind) {
    case 'llm':
      return node.output;
    case 'if':
      return objectOf('result');
    case 'approval':
      return objectOf('outcome', 'comment', 'form');
    case 'waitFor':
      return objectOf('arrived', 'event', 'key', 'properties', 'occurredAt');
    case 'email':
    case 'updateContact':
    case 'crm':
      return {};
    case 'delay':
    case 'exit':
    case 'goTo':
      return null;
  }
}

/** The first name of a path that a JSON Schema rules out; null when the path may well exist. */
export function unknownName(schema: JsonObject, path: ValuePath): string | null {
  let part: JsonValue | undefined = schema;
  for (const name of path) {
    const properties: JsonValue | undefined = isObject(part) ? part['properties'] : undefined;
    if (!isObject(part) || !isObject(properties)) return null;
    const isOpen: boolean = part['additionalProperties'] !== undefined && part['additionalProperties'] !== false;
    if (!Object.hasOwn(properties, name)) return isOpen ? null : name;
    part = properties[name];
  }
  return null;
}

function objectOf(...names: string[]): JsonObject {
  return { type: 'object', properties: Object.fromEntries(names.map((name) => [name, {}])) };
}
