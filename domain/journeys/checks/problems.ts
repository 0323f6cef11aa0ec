import type { JourneyProblem } from '../../../contracts/journeys/journeys-api.schema.ts';
import type { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import type { JourneyGraph, Place } from '../graph.ts';

/** One part of the validation: all problems of its sort. */
export type Check = (definition: JourneyDefinition, graph: JourneyGraph) => JourneyProblem[];

/** A problem pinned to a node. `field` is where below the node. */
export function atNode(place: Place, code: string, message: string, hint: string, field = ''): JourneyProblem {
  const path = field === '' ? place.path : `${place.path}.${field}`;
  return { path, code, message, hint, node: place.node.id };
}

/** A problem of the journey itself. */
export function atJourney(path: string, code: string, message: string, hint: string): JourneyProblem {
  return { path, code, message, hint, node: null };
}
