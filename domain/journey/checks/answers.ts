import type { LlmNode } from '../../../contracts/journey.ts';
import type { JsonObject, JsonValue } from '../../../contracts/machine.ts';
import { isObject } from '../../conditions/values.ts';
import { atNode, type Check } from './problems.ts';

/** Answers of language models: an object is asked for, and the fallback looks like one. */
export const checkAnswers: Check = (_, graph) =>
  [...graph.places.values()].flatMap((place) => {
    const { node } = place;
    if (node.kind !== 'llm') return [];
    if (node.output['type'] !== 'object') {
      const hint = 'Ask for an object with named properties.';
      return [atNode(place, 'llm.outputNotObject', 'The output is not an object', hint, 'output')];
    }
    return fallbackFaults(node).map((message) =>
      atNode(place, 'llm.fallbackMismatch', message, 'Give a fallback that fits the output.', 'fallback'),
    );
  });

/** Required properties, unknown ones and plain types; the full schema is for the answer itself to meet. */
function fallbackFaults({ fallback, output }: LlmNode): string[] {
  if (fallback === undefined) return [];
  const properties = isObject(output['properties']) ? output['properties'] : {};
  const required = Array.isArray(output['required']) ? output['required'] : [];
  const missing = required.filter((name): name is string => typeof name === 'string' && fallback[name] === undefined);
  return [
    ...missing.map((name) => `The fallback lacks '${name}'`),
    ...Object.entries(fallback).flatMap(([name, value]) => valueFault(name, value ?? null, properties)),
  ];
}

function valueFault(name: string, value: JsonValue, properties: JsonObject): string[] {
  const schema = Object.hasOwn(properties, name) ? properties[name] : undefined;
  if (schema === undefined) return [`The output has no '${name}'`];
  const type = isObject(schema) ? schema['type'] : undefined;
  const fits = typeof type !== 'string' || hasType(value, type);
  return fits ? [] : [`'${name}' of the fallback is not of type ${type}`];
}

function hasType(value: JsonValue, type: string): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(value);
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
    default:
      return typeof value === type;
  }
}
