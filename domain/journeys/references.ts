import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import type { JourneyNode } from '../../contracts/journeys/nodes.schema.ts';
import { graphOf, type Place } from './graph.ts';
import type { Pin, StoredName } from './nodes/node-kind.ts';
import { kindOf } from './nodes/node-kinds.ts';

/** A stored thing that a node names, and where the node stands. */
export type StoredReference = StoredName & { place: Place };

/** Every template and prompt that a definition names, in its order. */
export function storedReferencesOf(definition: JourneyDefinition): StoredReference[] {
  return [...graphOf(definition).places.values()].flatMap((place) =>
    kindOf(place.node)
      .references(place.node)
      .map((name) => ({ ...name, place })),
  );
}

/** The same definition with every reference pinned to a version, so that what was published never changes. */
export function pinReferences(definition: JourneyDefinition, pin: Pin): JourneyDefinition {
  const pinSteps = (steps: readonly JourneyNode[]): JourneyNode[] =>
    steps.map((node) => kindOf(node).withBranches(kindOf(node).pin(node, pin), pinSteps));
  return { ...definition, steps: pinSteps(definition.steps) };
}
