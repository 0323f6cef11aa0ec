import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import type { JourneyNode } from '../../contracts/journeys/nodes.schema.ts';
import { kindOf } from './nodes/node-kinds.ts';

/**
 * A node where it stands: its path in the JSON, what follows when it is done, and where its branches begin. `lane` is the path of the
 * branch that it is in, of those that run beside others; '' outside of them. One token at most is in a lane.
 */
export type Place = {
  node: JourneyNode;
  path: string;
  lane: string;
  next: string | null;
  branches: readonly { name: string; first: string | null }[];
};

/** A journey's nodes by id. `first` is null for a journey without steps; `duplicates` are places whose id was taken. */
export type JourneyGraph = { first: string | null; places: ReadonlyMap<string, Place>; duplicates: readonly Place[] };

/**
 * Lays a definition out as a graph. A branch goes on at what follows its node; one that runs beside others ends instead, and the node
 * goes on. Of a repeated id the first counts.
 */
export function graphOf(definition: JourneyDefinition): JourneyGraph {
  const places = new Map<string, Place>();
  const duplicates: Place[] = [];
  const lay = (steps: readonly JourneyNode[], path: string, lane: string, after: string | null): string | null => {
    steps.forEach((node, index) => {
      const next = steps[index + 1]?.id ?? after;
      const here = `${path}.${index}`;
      const branches = kindOf(node).branches(node);
      const isFork = kindOf(node).ways(node).kind === 'fork';
      const rest = isFork ? null : next;
      const place: Place = {
        node,
        path: here,
        lane,
        next,
        branches: branches.map((branch) => ({ name: branch.name, first: branch.steps[0]?.id ?? rest })),
      };
      if (places.has(node.id)) duplicates.push(place);
      else places.set(node.id, place);
      for (const branch of branches) {
        const inside = `${here}.${branch.path}`;
        lay(branch.steps, inside, isFork ? inside : lane, rest);
      }
    });
    return steps[0]?.id ?? after;
  };
  const first = lay(definition.steps, 'steps', '', null);
  return { first, places, duplicates };
}
