import type { JsonObject, JsonValue } from '../../../contracts/core/machine.ts';
import { isObject } from '../../conditions/values.ts';

/** How deep a sample goes; a recursive schema would never end. */
const MAX_DEPTH = 8;

/**
 * A value that looks like what a JSON Schema describes, the same each time: its default, an example, the first of its choices,
 * else something plain of the type. Good enough to show a step's answer; it does not promise to meet every keyword.
 */
export function sampleOf(schema: JsonValue | undefined, depth = 0): JsonValue {
  if (!isObject(schema) || depth > MAX_DEPTH) return null;
  const given = schema['const'] ?? schema['default'] ?? firstOf(schema['examples']) ?? firstOf(schema['enum']);
  if (given !== undefined) return given;
  const choice = firstOf(schema['anyOf']) ?? firstOf(schema['oneOf']);
  if (choice !== undefined) return sampleOf(choice, depth + 1);
  switch (Array.isArray(schema['type']) ? schema['type'][0] : schema['type']) {
    case 'string':
      return '…';
    case 'integer':
    case 'number':
      return numberIn(schema);
    case 'boolean':
      return true;
    case 'array':
      return [sampleOf(schema['items'], depth + 1)];
    case 'object':
      return objectOf(schema['properties'], depth);
    default:
      return null;
  }
}

function firstOf(list: JsonValue | undefined): JsonValue | undefined {
  return Array.isArray(list) ? list[0] : undefined;
}

/** The upper end: a confidence is high, a rating is good. */
function numberIn(schema: JsonObject): number {
  const ends = [schema['maximum'], schema['minimum']];
  return ends.find((end) => typeof end === 'number') ?? 1;
}

function objectOf(properties: JsonValue | undefined, depth: number): JsonObject {
  const entries = isObject(properties) ? Object.entries(properties) : [];
  return Object.fromEntries(entries.map(([name, schema]) => [name, sampleOf(schema, depth + 1)]));
}
