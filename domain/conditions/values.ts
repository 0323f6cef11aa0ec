import type { ValueExpression, ValuePath } from '../../contracts/journeys/conditions.schema.ts';
import type { JsonObject, JsonValue } from '../../contracts/core/machine.ts';

/** The facts that expressions are evaluated against. `outputs` is by step id; `event` only while a filter is evaluated. */
export type Facts = {
  contact: JsonObject;
  entry: { key: string | null; properties: JsonObject };
  outputs: Readonly<Record<string, JsonObject>>;
  event?: JsonObject;
};

/** The value of an expression; null when it is not there. Never throws. */
export function evaluate(expression: ValueExpression, facts: Facts): JsonValue {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'contact':
      return at(facts.contact, expression.path);
    case 'entry':
      return at(facts.entry.properties, expression.path);
    case 'entryKey':
      return facts.entry.key;
    case 'output':
      return at(own(facts.outputs, expression.step), expression.path);
    case 'event':
      return at(facts.event ?? null, expression.path);
    case 'firstOf':
      return firstOf(expression.values, facts);
    case 'text':
      return expression.parts.map((part) => toText(evaluate(part, facts))).join('');
    case 'object':
      return evaluateAll(expression.fields, facts);
  }
}

/** The values of several expressions under their names. */
export function evaluateAll(fields: Readonly<Record<string, ValueExpression>>, facts: Facts): JsonObject {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, evaluate(value, facts)]));
}

/** A value as words: nothing for null, JSON for lists and objects. */
export function toText(value: JsonValue): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Whether a value is a JSON object, neither list nor null. */
export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function firstOf(values: readonly ValueExpression[], facts: Facts): JsonValue {
  for (const value of values) {
    const found = evaluate(value, facts);
    if (found !== null && found !== '') return found;
  }
  return null;
}

function at(value: JsonValue, path: ValuePath): JsonValue {
  return path.reduce<JsonValue>((outer, name) => (isObject(outer) ? own(outer, name) : null), value);
}

/** Own properties only: a definition that names `constructor` finds nothing. */
function own(object: JsonObject, name: string): JsonValue {
  return Object.hasOwn(object, name) ? (object[name] ?? null) : null;
}
