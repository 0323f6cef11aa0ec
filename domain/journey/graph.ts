import type { JourneyDefinition, JourneyNode } from '../../contracts/journey.ts';

/** A named list of steps inside a node. Names: `yes`, `no`, `onEvent`, `onTimeout`, or an approval's outcome. */
export type Branch = { name: string; path: string; steps: readonly JourneyNode[] };

/** A node where it stands: its path in the JSON, what follows when it is done, and where its branches begin. */
export type Place = {
  node: JourneyNode;
  path: string;
  next: string | null;
  branches: readonly { name: string; first: string | null }[];
};

/** A journey's nodes by id. `first` is null for a journey without steps; `duplicates` are places whose id was taken. */
export type JourneyGraph = { first: string | null; places: ReadonlyMap<string, Place>; duplicates: readonly Place[] };

/** Lays a definition out as a graph. An empty branch begins at what follows its node; of a repeated id the first counts. */
export function graphOf(definition: JourneyDefinition): JourneyGraph {
  const places = new Map<string, Place>();
  const duplicates: Place[] = [];
  const lay = (steps: readonly JourneyNode[], path: string, after: string | null): string | null => {
    steps.forEach((node, index) => {
      const next = steps[index + 1]?.id ?? after;
      const here = `${path}.${index}`;
      const branches = branchesOf(node);
      const place: Place = {
        node,
        path: here,
        next,
        branches: branches.map((branch) => ({ name: branch.name, first: branch.steps[0]?.id ?? next })),
      };
      if (places.has(node.id)) duplicates.push(place);
      else places.set(node.id, place);
      for (const branch of branches) lay(branch.steps, `${here}.${branch.path}`, next);
    });
    return steps[0]?.id ?? after;
  };
  const first = lay(definition.steps, 'steps', null);
  return { first, places, duplicates };
}

/** The lists of steps that a node holds, with their paths below it. */
export function branchesOf(node: JourneyNode): Branch[] {
  switch (node.kind) {
    case 'if':
      return [
        { name: 'yes', path: 'yes', steps: node.yes },
        { name: 'no', path: 'no', steps: node.no ?? [] },
      ];
    case 'waitFor':
      return [
        { name: 'onEvent', path: 'onEvent', steps: node.onEvent ?? [] },
        { name: 'onTimeout', path: 'onTimeout', steps: node.onTimeout ?? [] },
      ];
    case 'approval':
      return node.outcomes.map((outcome, index) => ({
        name: outcome.name,
        path: `outcomes.${index}.steps`,
        steps: outcome.steps,
      }));
    case 'email':
    case 'delay':
    case 'llm':
    case 'updateContact':
    case 'crm':
    case 'exit':
    case 'goTo':
      return [];
  }
}

/** A node's title for people: its own, else its id as words. */
export function titleOf(node: JourneyNode): string {
  if (node.title !== undefined) return node.title;
  const words = node.id.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
