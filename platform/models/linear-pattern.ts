import { LRUCache } from 'lru-cache';
import { RE2JS } from 're2js';

/** Bounds of one pattern: what a person writes has a tenth of these characters and of the instructions it compiles to. */
const most = { characters: 500, instructions: 1_000 } as const;
/** Compiled patterns kept; the one not asked for longest goes first. */
const maxRemembered = 200;

/** A pattern that a text is searched for; a search takes at most `size` steps for each character, whatever pattern and text are. */
export type LinearPattern = { size: number; test(text: string): boolean };

/** A pattern that cannot be searched for in linear time; the message says why. */
export class PatternRefused extends Error {}

const remembered = new LRUCache<string, LinearPattern>({ max: maxRemembered });

/**
 * Compiles a pattern in the dialect of JavaScript, without what needs backtracking: looking around, and references to groups. Every
 * pattern that came from outside goes through this; one made into a `RegExp` could keep a process busy for good.
 * @throws PatternRefused
 */
export function linearPattern(source: string): LinearPattern {
  const known = remembered.get(source);
  if (known) return known;
  if (source.length > most.characters) throw new PatternRefused(`is longer than ${most.characters} characters`);
  const pattern = compile(source);
  const size = pattern.programSize();
  if (size > most.instructions) throw new PatternRefused('repeats too much');
  const linear = { size, test: (text: string) => pattern.test(text) };
  remembered.set(source, linear);
  return linear;
}

function compile(source: string): RE2JS {
  try {
    return RE2JS.compile(RE2JS.translateRegExp(source));
  } catch (error) {
    throw new PatternRefused(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
