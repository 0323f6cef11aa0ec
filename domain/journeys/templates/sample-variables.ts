import type { JsonObject, JsonValue } from '../../../contracts/core/machine.ts';
import { isObject } from '../../conditions/values.ts';
import { variablesOf } from './lint-message.ts';

/** What stands for a value that nobody knows yet. */
export const unknownWord = '…';

/** A made-up person, as most workspaces name what they know of one. */
export const madeUp = {
  externalId: 'sample',
  email: 'sample@example.com',
  name: 'Sam Sample',
  firstName: 'Sam',
  lastName: 'Sample',
  first_name: 'Sam',
  last_name: 'Sample',
};

/**
 * Variables with which a message template can be shown: what it reads of its step is `…`. So is what it reads of a
 * made-up person and has no name for. The facts of a real `contact` stay as they are: what they lack stops the mail in earnest too.
 */
export function sampleVariablesOf(template: Parameters<typeof variablesOf>[0], contact: JsonObject | null): JsonObject {
  const made: Draft = { contact: contact ?? madeUp };
  for (const { segments } of variablesOf(template)) {
    if (contact === null || segments[0] !== 'contact') fill(made, segments);
  }
  return made as JsonObject;
}

/** Variables that are being made. */
export type Draft = Record<string, JsonValue | undefined>;

/** Puts `…` where a path leads. What is there stays; a name inside a text is none. */
export function fill(place: Draft, [name, ...inner]: readonly string[]): void {
  if (name === undefined || name === '') return;
  const known = Object.hasOwn(place, name) ? place[name] : undefined;
  if (inner.length === 0 || inner[0] === '') place[name] = known ?? unknownWord;
  else if (known === undefined || isObject(known)) {
    const next: Draft = { ...known };
    fill(next, inner);
    place[name] = next as JsonObject;
  }
}
