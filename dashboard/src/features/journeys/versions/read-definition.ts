import type { JourneyDefinition } from '../../../../../contracts/journeys/journey.schema.ts';
import { readJourney } from '../../../../../contracts/journeys/read.schema.ts';

/** A definition out of the API's JSON; null for a draft that does not have the shape of one yet. */
export function readDefinition(json: unknown): JourneyDefinition | null {
  const reading = readJourney(json);
  return reading.ok ? reading.definition : null;
}
