import type { z } from 'zod';
import type { JourneyProblem } from './journeys-api.schema.ts';
import type { JourneyDefinition as Definition } from './journey.schema.ts';
import { journeyLimits } from './limits.ts';
import { JourneyDefinition } from './journey.schema.ts';

/** A definition that has the right shape, or all that is wrong with its shape. */
export type JourneyReading = { ok: true; definition: Definition } | { ok: false; problems: JourneyProblem[] };

/**
 * Reads a journey definition from outside: from a push, a draft, a file. Checks its shape only; `validateDefinition` of the
 * domain does the rest. Safe for any JSON, however deep and large: what is beyond the limits is not looked at any further.
 */
export function readJourney(json: unknown): JourneyReading {
  const excess = excessOf(json);
  if (excess) return { ok: false, problems: [excess] };
  const result = JourneyDefinition.safeParse(json);
  if (result.success) return { ok: true, definition: result.data };
  const issues = result.error.issues.slice(0, journeyLimits.problems);
  const problems = issues.flatMap((issue) => problemsOf(issue, json));
  return { ok: false, problems: problems.slice(0, journeyLimits.problems) };
}

/**
 * What of a definition is beyond a limit; null where all is within. Goes through it once, level by level, so that no depth overflows the
 * stack and no size costs more than reading it did: to be asked before anything else is done with it.
 */
export function excessOf(json: unknown): JourneyProblem | null {
  let level: unknown[] = [json];
  let [values, nodes] = [0, 0];
  for (let depth = 0; level.length > 0; depth += 1) {
    values += level.length;
    if (depth > journeyLimits.depth) {
      const message = `More than ${journeyLimits.depth} levels of nesting`;
      return problem([], json, 'journey.tooDeep', message, 'Split the journey, or use goTo.');
    }
    if (values > journeyLimits.values) {
      const message = `More than ${journeyLimits.values} values`;
      return problem([], json, 'journey.tooLarge', message, 'Split the journey, or keep texts in templates.');
    }
    const objects = level.filter((value) => typeof value === 'object' && value !== null);
    for (const object of objects) nodes += nodesIn(object);
    level = objects.flatMap((object) => Object.values(object));
  }
  if (nodes <= journeyLimits.nodes) return null;
  const message = `${nodes} steps; at most ${journeyLimits.nodes}`;
  return problem(['steps'], json, 'journey.tooManySteps', message, 'Split it into several journeys.');
}

type Path = readonly PropertyKey[];

function problemsOf(issue: z.core.$ZodIssue, json: unknown): JourneyProblem[] {
  const { path, message } = issue;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) =>
      problem(
        [...path, key],
        json,
        'schema.unknownField',
        `'${key}' is not known here`,
        'Remove it, or correct the name.',
      ),
    );
  }
  if (issue.code === 'invalid_union' && path.at(-1) === 'kind') {
    const kind = JSON.stringify(valueAt(json, path)) ?? 'nothing';
    const isNode = isNodePath(path.slice(0, -1));
    return [
      problem(path, json, isNode ? 'node.unknownKind' : 'schema.unknownKind', `The kind ${kind} is not known`, message),
    ];
  }
  if (valueAt(json, path) !== undefined) {
    return [problem(path, json, 'schema.invalid', message, 'Correct the value at this path.')];
  }
  if (path.at(-1) === 'steps' && path.at(-3) === 'outcomes') {
    const hint = 'Give it `steps`; an empty list goes on after the approval.';
    return [problem(path, json, 'approval.outcomeWithoutBranch', 'This outcome leads nowhere', hint)];
  }
  return [problem(path, json, 'schema.missing', `'${String(path.at(-1) ?? '')}' is missing`, message)];
}

function problem(path: Path, json: unknown, code: string, message: string, hint: string): JourneyProblem {
  return { path: path.map(String).join('.'), code, message, hint, node: nodeAt(path, json) };
}

/** The id of the innermost node that the path leads through. */
function nodeAt(path: Path, json: unknown): string | null {
  for (let length = path.length; length > 0; length -= 1) {
    const prefix = path.slice(0, length);
    const value = isNodePath(prefix) ? valueAt(json, prefix) : undefined;
    if (typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string') return value.id;
  }
  return null;
}

/** Nodes, and nothing else, are items of these lists. */
const nodeLists: readonly PropertyKey[] = ['steps', 'yes', 'no', 'onEvent', 'onTimeout'];

function nodesIn(object: object): number {
  return nodeLists.reduce<number>((sum, name) => {
    const list: unknown = Object.hasOwn(object, name) ? Reflect.get(object, name) : null;
    return sum + (Array.isArray(list) ? list.length : 0);
  }, 0);
}

function isNodePath(path: Path): boolean {
  const list = path.at(-2);
  return typeof path.at(-1) === 'number' && list !== undefined && nodeLists.includes(list);
}

function valueAt(json: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (outer, name) => (typeof outer === 'object' && outer !== null ? Reflect.get(outer, name) : undefined),
    json,
  );
}
