import type { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import type { JsonObject, JsonValue } from '../../../contracts/core/machine.ts';
import { isObject } from '../../conditions/values.ts';

/** A made-up person and the properties of the event that lets them in. */
export type SamplePerson = { contact: JsonObject; entry: JsonObject };

/**
 * A sample person with every fact that a journey asks for: each fact that a condition compares with a value has that value,
 * so that the first branch is taken; all others are a plain text.
 */
export function samplePersonOf({ steps }: JourneyDefinition): SamplePerson {
  const person: Drafts = { contact: { name: 'Sample Person' }, entry: {} };
  const definition = steps as unknown as JsonValue;
  // What is compared comes first: a fact may be named by a step before the one that compares it.
  forEachRecord(definition, ({ kind, left, right }) => {
    if (kind === 'compare' && isObject(left) && isObject(right) && right['kind'] === 'literal')
      note(left, right['value'] ?? null, person);
  });
  forEachRecord(definition, (record) => {
    note(record, '…', person);
    for (const path of printedIn(record)) note({ kind: 'contact', path }, '…', person);
  });
  return person;
}

/** What is being put together. */
type Draft = Record<string, JsonValue | undefined>;
type Drafts = Record<keyof SamplePerson, Draft>;

function forEachRecord(value: JsonValue | undefined, look: (record: JsonObject) => void): void {
  if (isObject(value)) look(value);
  if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) forEachRecord(part, look);
}

/** The attributes of the contact that a mail written in the journey reads, as far as they are plainly named. */
function printedIn({ subject, markdown }: JsonObject): string[][] {
  const written = [markdown, isObject(subject) && subject['kind'] === 'literal' ? subject['value'] : null];
  return written.flatMap((text) =>
    typeof text === 'string'
      ? [...text.matchAll(/\bcontact((?:\.[a-z_]\w*)+)/gi)].map(([, path = '']) => path.slice(1).split('.'))
      : [],
  );
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
