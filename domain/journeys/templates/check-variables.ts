import type { MessageVariable } from './lint-message.ts';

/** A name that a message reads and its step does not give; `path` is its place in the template. */
export type MissingVariable = { name: string; path: string };

/**
 * What a message template, which reads `variables`, would ask for in vain. A step gives `contact`, with whatever attributes the person
 * has, and its own `given` variables; anything else stops the mail when it is sent.
 */
export function missingVariables(variables: readonly MessageVariable[], given: readonly string[]): MissingVariable[] {
  return variables
    .filter(({ segments: [root = ''] }) => root !== 'contact' && !given.includes(root))
    .map(({ segments, path }) => ({ name: segments.join('.'), path }));
}
