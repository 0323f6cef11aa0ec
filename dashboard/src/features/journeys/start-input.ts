import type { JourneyDefinition } from '../../../../contracts/journeys/journey.schema.ts';
import { samplePersonOf } from '../../../../domain/journeys/simulation/sample-person.ts';

/** The properties of the entry event that a journey uses, by name: what a start by hand must give in its place. */
export function inputAsked(definition: JourneyDefinition): string[] {
  return Object.keys(samplePersonOf(definition).entry);
}

/** Which of them an input leaves empty; null says that there is nothing. */
export function missingInput(asked: readonly string[], input: Readonly<Record<string, unknown>> | null): string[] {
  return asked.filter((name) => input?.[name] === undefined || input[name] === '');
}
