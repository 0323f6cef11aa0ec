import type { ValuePath } from '../../../contracts/journeys/conditions.schema.ts';
import type { JsonObject, JsonValue } from '../../../contracts/core/machine.ts';
import { isObject } from '../../conditions/values.ts';

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
