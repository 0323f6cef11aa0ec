import type { JourneyNode } from '../../contracts/journey.ts';
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
    switch (node.kind) {
      case 'exit':
        return node.id === '' ? { ...node, id: free(`exit-${slugOf(node.reason)}`, taken) } : node;
      case 'goTo':
        return node.id === '' ? { ...node, id: free(`go-to-${node.target}`, taken) } : node;
      default:
        return mapBranches(node, (branch) => nameAll(branch, taken));
    }
  });
}

function idsOf(steps: readonly JourneyNode[]): string[] {
  const ids: string[] = [];
  const collect = (branch: readonly JourneyNode[]): JourneyNode[] =>
    branch.map((node) => {
      ids.push(node.id);
      return mapBranches(node, collect);
    });
  collect(steps);
  return ids;
}

function mapBranches(node: JourneyNode, map: (steps: readonly JourneyNode[]) => JourneyNode[]): JourneyNode {
  switch (node.kind) {
    case 'if':
      return { ...node, yes: map(node.yes), ...given({ no: node.no && map(node.no) }) };
    case 'waitFor': {
      const { onEvent, onTimeout } = node;
      return { ...node, ...given({ onEvent: onEvent && map(onEvent), onTimeout: onTimeout && map(onTimeout) }) };
    }
    case 'approval':
      return { ...node, outcomes: node.outcomes.map((outcome) => ({ ...outcome, steps: map(outcome.steps) })) };
    default:
      return node;
  }
}

function free(id: string, taken: Set<string>): string {
  let name = id;
  for (let count = 2; taken.has(name); count += 1) name = `${id}-${count}`;
  taken.add(name);
  return name;
}

/** Ids are at most 64 characters; the prefix and a count need some of them. */
function slugOf(words: string): string {
  const slug = words.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return slug.slice(0, 50).replaceAll(/^-+|-+$/g, '') || 'run';
}
