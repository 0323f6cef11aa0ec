import type { JourneyProblem } from '../../../contracts/journeys/journeys-api.schema.ts';
import type { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import { checkNodes } from './nodes.ts';
import { checkReferences } from './references.ts';
import { checkStructure } from './structure.ts';
import { checkTimes } from './times.ts';
import { graphOf } from '../graph.ts';

/**
 * Everything wrong with a definition of the right shape (`readJourney` of the contracts gives that), pinned to its nodes,
 * in the order of the definition. An empty list means that it may be published, as far as the definition alone shows:
 * whether templates, prompts, roles and members exist is for the workspace to say.
 */
export function validateDefinition(definition: JourneyDefinition): JourneyProblem[] {
  const graph = graphOf(definition);
  const order = [...graph.places.keys()];
  const rank = ({ node }: JourneyProblem): number => (node === null ? -1 : order.indexOf(node));
  return [checkStructure, checkTimes, checkNodes, checkReferences]
    .flatMap((check) => check(definition, graph))
    .toSorted((a, b) => rank(a) - rank(b));
}
