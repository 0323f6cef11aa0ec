import type { JourneyProblem } from '../../../contracts/journeys/journeys-api.schema.ts';
import type { JourneyGraph, Place } from '../graph.ts';
import { kindOf } from '../nodes/node-kinds.ts';
import { afterFailure, reachableFrom, successorsOf } from './paths.ts';
import { atNode, type Check } from './problems.ts';

/** Ids, targets, ways: duplicate ids, unknown targets, nodes without a way to them, loops without a wait. */
export const checkStructure: Check = (_, graph) => [
  ...graph.duplicates.map((place) =>
    atNode(place, 'node.duplicateId', `The id '${place.node.id}' is taken`, 'Give every step its own id.', 'id'),
  ),
  ...[...graph.places.values()].flatMap((place) => targetProblems(place, graph)),
  ...unreachable(graph),
];

function targetProblems(place: Place, graph: JourneyGraph): JourneyProblem[] {
  const ways = kindOf(place.node).ways(place.node);
  if (ways.kind !== 'jump') return [];
  const target = graph.places.get(ways.target);
  if (!target) {
    const hint = `Known ids: ${[...graph.places.keys()].slice(0, 20).join(', ')}.`;
    return [atNode(place, 'goTo.unknownTarget', `There is no step '${ways.target}'`, hint, 'target')];
  }
  if (target.lane !== place.lane) {
    const message = `Going to '${ways.target}' leaves, or enters, a branch that runs beside others`;
    return [atNode(place, 'goTo.otherBranch', message, 'Go to a step of the same branch.', 'target')];
  }
  const comesBack = reachableFrom([target], graph, withoutWait).has(place);
  if (!comesBack) return [];
  const hint = 'Put a delay, a waitFor or an approval on the way back.';
  return [atNode(place, 'loop.withoutWait', `Going to '${ways.target}' comes back here without ever waiting`, hint)];
}

/** How a run goes on without anything happening outside: from a step that waits, only where it fails at once. */
function withoutWait(place: Place, graph: JourneyGraph): Place[] {
  return kindOf(place.node).waits ? afterFailure(place, graph) : successorsOf(place, graph);
}

function unreachable(graph: JourneyGraph): JourneyProblem[] {
  const first = graph.first === null ? undefined : graph.places.get(graph.first);
  const reached = reachableFrom(first ? [first] : [], graph);
  return [...graph.places.values()]
    .filter((place) => !reached.has(place))
    .map((place) =>
      atNode(
        place,
        'node.unreachable',
        `No run ever gets to '${place.node.id}'`,
        'Remove it, or the exit or goTo before it.',
      ),
    );
}
