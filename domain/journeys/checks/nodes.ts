import { kindOf } from '../nodes/node-kinds.ts';
import { atNode, type Check } from './problems.ts';

/** What is wrong with single nodes: each kind knows its own. */
export const checkNodes: Check = (_, graph) =>
  [...graph.places.values(), ...graph.duplicates].flatMap((place) =>
    kindOf(place.node)
      .faults(place.node)
      .map(({ field, code, message, hint }) => atNode(place, code, message, hint, field)),
  );
