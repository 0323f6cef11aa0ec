import type { JourneyGraph, Place } from '../graph.ts';
import { ON_ERROR } from '../nodes/node-kind.ts';
import { kindOf } from '../nodes/node-kinds.ts';

/** Where a run can go from a node; ids of no node (an unknown target) are left out, and so is the journey's end. */
export function successorsOf(place: Place, graph: JourneyGraph): Place[] {
  return [...afterSuccess(place, graph), ...afterFailure(place, graph)];
}

/** As `successorsOf`, where the node has done what it is for. */
export function afterSuccess(place: Place, graph: JourneyGraph): Place[] {
  return placesOf(nextIds(place), graph);
}

/** As `successorsOf`, where the node has failed, and has no output. */
export function afterFailure({ branches }: Place, graph: JourneyGraph): Place[] {
  return placesOf(
    branches.filter(({ name }) => name === ON_ERROR).map(({ first }) => first),
    graph,
  );
}

function placesOf(ids: readonly (string | null)[], graph: JourneyGraph): Place[] {
  return ids.flatMap((id) => {
    const place = id === null ? undefined : graph.places.get(id);
    return place ? [place] : [];
  });
}

/** All places that a run can reach from some, those included, where `waysOf` says how it goes on from each. */
export function reachableFrom(
  starts: readonly Place[],
  graph: JourneyGraph,
  waysOf: (place: Place, graph: JourneyGraph) => readonly Place[] = successorsOf,
): Set<Place> {
  const seen = new Set<Place>();
  const open = [...starts];
  for (let place = open.pop(); place; place = open.pop()) {
    if (seen.has(place)) continue;
    seen.add(place);
    open.push(...waysOf(place, graph));
  }
  return seen;
}

function nextIds({ node, branches, next }: Place): (string | null)[] {
  const ways = kindOf(node).ways(node);
  switch (ways.kind) {
    case 'nowhere':
      return [];
    case 'jump':
      return [ways.target];
    case 'branches':
      return [
        ...branches.filter(({ name }) => name !== ON_ERROR && ways.names.includes(name)).map(({ first }) => first),
        ...(ways.next ? [next] : []),
      ];
    case 'fork':
      return [...branches.map(({ first }) => first), next];
    case 'next':
      return [next];
  }
}
