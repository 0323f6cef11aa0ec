import type { JourneyDefinition } from '../../contracts/journey.ts';
import type { JsonObject, JsonValue } from '../../contracts/machine.ts';
import { isObject } from '../conditions/values.ts';

/** A made-up person and the properties of the event that lets them in. */
export type SamplePerson = { contact: JsonObject; entry: JsonObject };

/**
 * Somebody about whom a journey knows all that it asks: each fact that a condition compares with a value has that value, so that the
 * first branch is taken; all others are a plain text.
 */
export function samplePersonOf({ steps }: JourneyDefinition): SamplePerson {
  const person: Drafts = { contact: { name: 'Sample Person' }, entry: {} };
  visit(steps as unknown as JsonValue, person);
  return person;
}

/** What is being put together. */
type Draft = Record<string, JsonValue | undefined>;
type Drafts = Record<keyof SamplePerson, Draft>;

function visit(value: JsonValue | undefined, person: Drafts): void {
  if (Array.isArray(value)) for (const item of value) visit(item, person);
  if (!isObject(value)) return;
  const { kind, left, right } = value;
  if (kind === 'compare' && isObject(left) && isObject(right) && right['kind'] === 'literal')
    note(left, right['value'] ?? null, person);
  note(value, '…', person);
  for (const part of Object.values(value)) visit(part, person);
}

/** The first value that a fact is given stays. */
function note({ kind, path }: JsonObject, value: JsonValue, person: Drafts): void {
  if ((kind !== 'contact' && kind !== 'entry') || !Array.isArray(path) || path[0] === 'externalId') return;
  const names = path.filter((part) => typeof part === 'string');
  const last = names.pop();
  let place = person[kind];
  for (const name of names) {
    const inner = Object.hasOwn(place, name) ? place[name] : undefined;
    if (inner !== undefined && !isObject(inner)) return;
    const next: Draft = inner ?? {};
    place[name] = next;
    place = next;
  }
  if (last !== undefined && !Object.hasOwn(place, last)) place[last] = value;
}
