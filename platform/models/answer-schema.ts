import type { JsonValue } from '../../contracts/core/json.ts';
import { isObject } from '../../domain/conditions/values.ts';
import { keywords, unsupported, type Comparison, type Misfit } from './schema-keywords.ts';

/** What keeps a schema from being used for answers: its place below the schema, dotted, and what is wrong there. */
export type SchemaFault = { path: string; message: string };

/** Schemas inside a schema, and characters of its JSON: more than the answer of one question has places for. */
const mostParts = 1_000;
const mostCharacters = 50_000;
/** Levels of an answer, and of schemas that refer to each other for one place of it. */
const mostLevels = 64;
/**
 * Steps of one comparison; a comparison with a schema counts a hundred, a character searched for a pattern as many as the pattern has
 * instructions. A usual answer takes some thousand, and all of them take a few tenths of a second.
 */
const mostWork = 5_000_000;
const workOfSchema = 100;

/**
 * Why a JSON schema cannot be used for the answers of a model, or null. What passes can be compared with any answer in bounded
 * time, however it was made: `misfitOf` runs where others wait.
 */
export function schemaFault(root: JsonValue): SchemaFault | null {
  if (JSON.stringify(root).length > mostCharacters)
    return { path: '', message: `is longer than ${mostCharacters} characters` };
  const open: { schema: JsonValue | undefined; path: readonly string[] }[] = [{ schema: root, path: [] }];
  for (let part = open.pop(), parts = 1; part; part = open.pop(), parts += 1) {
    const { schema, path } = part;
    const fault = (message: string, ...below: string[]): SchemaFault => ({
      path: [...path, ...below].join('.'),
      message,
    });
    if (parts > mostParts) return { path: '', message: `has more than ${mostParts} parts` };
    if (path.length > 2 * mostLevels) return fault(`is nested deeper than ${mostLevels} levels`);
    if (typeof schema === 'boolean') continue;
    if (!isObject(schema)) return fault('is no schema');
    for (const [name, rule = null] of Object.entries(schema)) {
      if (unsupported.includes(name)) return fault(`'${name}' is not supported`, name);
      const keyword = Object.hasOwn(keywords, name) ? keywords[name] : undefined;
      if (!keyword) continue;
      const [issue] = keyword.rule.safeParse(rule).error?.issues ?? [];
      if (issue) return fault(issue.message, name, ...issue.path.map(String));
      if (name === '$ref' && typeof rule === 'string' && resolve(root, rule) === undefined)
        return fault(`nothing in this schema is ${rule}`, name);
      open.push(...keyword.parts(rule).map(([step, inner]) => ({ schema: inner, path: [...path, name, step] })));
    }
  }
  return null;
}

/** The first place where an answer does not fit a schema in which `schemaFault` finds nothing; null where it fits. */
export function misfitOf(root: JsonValue, answer: JsonValue): Misfit | null {
  if (isDeeper(answer, mostLevels)) return { path: [], message: `is nested deeper than ${mostLevels} levels` };
  let left = mostWork;
  const spend = (work: number): void => {
    left -= work;
    if (left < 0) throw new TooMuchWork();
  };
  const compare = (
    schema: JsonValue | undefined,
    value: JsonValue,
    path: readonly string[],
    level: number,
  ): Misfit | null => {
    spend(workOfSchema);
    if (level > 2 * mostLevels) return { path, message: 'its schema refers to itself without end' };
    if (schema === false) return { path, message: 'is not expected' };
    if (!isObject(schema)) return null;
    const at: Comparison = {
      schema,
      path,
      spend,
      resolve: (reference) => resolve(root, reference),
      compare: (inner, part, step) => compare(inner, part, step === undefined ? path : [...path, step], level + 1),
    };
    for (const [name, rule = null] of Object.entries(schema)) {
      const found = Object.hasOwn(keywords, name) ? keywords[name]?.misfit(rule, value, at) : null;
      if (found) return typeof found === 'string' ? { path, message: found } : found;
    }
    return null;
  };
  try {
    return compare(root, answer, [], 0);
  } catch (error) {
    if (error instanceof TooMuchWork) return { path: [], message: 'takes too long to compare with its schema' };
    throw error;
  }
}

class TooMuchWork extends Error {}

/** `#`, or a definition of the schema itself: `#/$defs/name`. Undefined: there is none. */
function resolve(root: JsonValue, reference: string): JsonValue | undefined {
  if (reference === '#') return root;
  const [, place = '', name = ''] = /^#\/(\$defs|definitions)\/([^/]+)$/.exec(reference) ?? [];
  const definitions = isObject(root) ? root[place] : undefined;
  const key = name.replaceAll('~1', '/').replaceAll('~0', '~');
  return isObject(definitions) && Object.hasOwn(definitions, key) ? definitions[key] : undefined;
}

/** Level by level, so that no depth overflows the stack. */
function isDeeper(value: JsonValue, levels: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; depth <= levels; depth += 1) {
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
    if (level.length === 0) return false;
  }
  return true;
}
