import type { JourneyNode } from '../../contracts/journeys/nodes.schema.ts';
import { kindOf } from '../../domain/journeys/nodes/node-kinds.ts';
import type { Step } from './order.ts';

/** The data of a list of steps. */
export function nodesOf(steps: readonly Step[]): JourneyNode[] {
  return steps.map((step) => step.node);
}

/** Only what was given: a definition has no property that is undefined. */
export function given<T extends object>(fields: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]?: Exclude<T[Name], undefined>;
  };
}

/**
 * Gives `exit` and `goTo` steps without an id one that says what they do, counted where it is taken. The same definition
 * always gets the same ids.
 */
export function named(steps: readonly JourneyNode[]): JourneyNode[] {
  const taken = new Set(idsOf(steps));
  return nameAll(steps, taken);
}

function nameAll(steps: readonly JourneyNode[], taken: Set<string>): JourneyNode[] {
  return steps.map((node) => {
    const id = node.id === '' ? kindOf(node).defaultId(node) : null;
    const withId = id === null ? node : { ...node, id: free(id, taken) };
    return kindOf(withId).withBranches(withId, (branch) => nameAll(branch, taken));
  });
}

function idsOf(steps: readonly JourneyNode[]): string[] {
  const ids: string[] = [];
  const collect = (branch: readonly JourneyNode[]): JourneyNode[] =>
    branch.map((node) => {
      ids.push(node.id);
      return kindOf(node).withBranches(node, collect);
    });
  collect(steps);
  return ids;
}

function free(id: string, taken: Set<string>): string {
  let name = id;
  for (let count = 2; taken.has(name); count += 1) name = `${id}-${count}`;
  taken.add(name);
  return name;
}
