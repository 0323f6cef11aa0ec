import type { JourneyProblem } from '../../../contracts/journeys/journeys-api.schema.ts';
import type { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import { journeyLimits } from '../../../contracts/journeys/limits.ts';
import { checkMails } from './mails.ts';
import { checkNodes } from './nodes.ts';
import { checkReferences } from './references.ts';
import { checkStructure } from './structure.ts';
import { checkTimes } from './times.ts';
import { graphOf } from '../graph.ts';

/**
 * Everything wrong with a definition of the right shape (`readJourney` of the contracts gives that), pinned to its nodes,
 * in the order of the definition, at most `journeyLimits.problems`. An empty list means that it may be published, as far as the definition alone shows:
 * whether templates, prompts, roles and members exist is for the workspace to say.
 */
export function validateDefinition(definition: JourneyDefinition): JourneyProblem[] {
  const graph = graphOf(definition);
  const ranks = new Map([...graph.places.keys()].map((id, index) => [id, index]));
  const rank = ({ node }: JourneyProblem): number => (node === null ? -1 : (ranks.get(node) ?? -1));
  return [checkStructure, checkTimes, checkNodes, checkMails, checkReferences]
    .flatMap((check) => check(definition, graph))
    .toSorted((a, b) => rank(a) - rank(b))
    .slice(0, journeyLimits.problems);
}
