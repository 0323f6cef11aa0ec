import { diffJourneys, type JourneyDiff } from '../../../../../domain/journeys/diff.ts';
import { readDefinition } from './read-definition.ts';

/** How two definitions out of the API's JSON differ; null where one of them does not have the shape of a journey. */
export function differenceOf(before: unknown, after: unknown): JourneyDiff | null {
  const [old, now] = [readDefinition(before), readDefinition(after)];
  return old && now && diffJourneys(old, now);
}
