import { z } from 'zod';
import type { ValueExpression } from '../../contracts/journeys/conditions.schema.ts';
import type { JsonObject, JsonValue } from '../../contracts/core/machine.ts';
import { expression } from './marks.ts';
import { asValue, valueFor, type Value } from './values.ts';

/** Levels of a schema that become properties; a recursive schema would never end. */
const MAX_DEPTH = 8;

/** The JSON Schema of what a zod schema gives. */
export function jsonSchemaOf(schema: z.ZodType): JsonObject {
  const { $schema: _, ...json } = z.toJSONSchema(schema);
  return json as JsonObject;
}

/**
 * The values of a schema's properties, ready for use in a definition. `at` makes the expression of a path below the whole.
 */
export function valuesOf<T, U extends string>(
  schema: z.ZodType<T>,
  at: (path: readonly string[]) => ValueExpression,
): Value<T, U> {
  const root = jsonSchemaOf(schema);
  return asValue(build(root, root, at, []));
}

function build(
  schema: JsonValue | undefined,
  root: JsonObject,
  at: (path: readonly string[]) => ValueExpression,
  path: readonly string[],
): unknown {
  const properties = path.length < MAX_DEPTH ? propertiesOf(schema, root) : null;
  if (properties === null) return valueFor(at(path));
  const values = Object.entries(properties).map(([name, part]) => [name, build(part, root, at, [...path, name])]);
  // The whole is asked for lazily: of a contact or an event there is none.
  return Object.defineProperty(Object.fromEntries(values), expression, { get: () => at(path) });
}

/** The properties of an object schema; null for any other. Looks through references and through "or null". */
function propertiesOf(schema: JsonValue | undefined, root: JsonObject): JsonObject | null {
  if (!isObject(schema)) return null;
  const reference = schema['$ref'];
  if (typeof reference === 'string') return propertiesOf(definitionOf(reference, root), root);
  const choices = schema['anyOf'];
  if (Array.isArray(choices)) {
    const rest = choices.filter((choice) => !(isObject(choice) && choice['type'] === 'null'));
    return rest.length === 1 ? propertiesOf(rest[0], root) : null;
  }
  return isObject(schema['properties']) ? schema['properties'] : null;
}

function definitionOf(reference: string, root: JsonObject): JsonValue | undefined {
  if (reference === '#') return root;
  const definitions = root['$defs'];
  return isObject(definitions) ? definitions[reference.replace('#/$defs/', '')] : undefined;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
