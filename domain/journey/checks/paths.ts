import type { JourneyGraph, Place } from '../graph.ts';

/** Where a run can go from a node; ids of no node (an unknown target) are left out, and so is the journey's end. */
export function successorsOf(place: Place, graph: JourneyGraph): Place[] {
  return nextIds(place).flatMap((id) => {
    const next = id === null ? undefined : graph.places.get(id);
    return next ? [next] : [];
  });
}

/** All places that a run can reach from some, those included. With `through`, it goes on only from the places it allows. */
export function reachableFrom(
  starts: readonly Place[],
  graph: JourneyGraph,
  through: (place: Place) => boolean = () => true,
): Set<Place> {
  const seen = new Set<Place>();
  const open = [...starts];
  for (let place = open.pop(); place; place = open.pop()) {
    if (seen.has(place)) continue;
    seen.add(place);
    if (through(place)) open.push(...successorsOf(place, graph));
  }
  return seen;
}

function nextIds({ node, branches, next }: Place): (string | null)[] {
  switch (node.kind) {
    case 'exit':
      return [];
    case 'goTo':
      return [node.target];
    case 'waitFor': {
      const canTimeOut = node.timeout !== undefined || node.onTimeout !== undefined;
      return branches.filter(({ name }) => name === 'onEvent' || canTimeOut).map(({ first }) => first);
    }
    case 'if':
    case 'approval':
      return branches.map(({ first }) => first);
    case 'email':
    case 'delay':
    case 'llm':
    case 'updateContact':
    case 'crm':
      return [next];
  }
}
