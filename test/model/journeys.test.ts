import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { propertyRuns, unlimited } from '../support/properties.ts';
import '../support/quiet-runtime.ts';
import { createClockedDatabase, type ClockedDatabase } from './clock.ts';
import { expectedOf } from './expected.ts';
import { histories } from './history.ts';
import { createJourneyWorld, type JourneyWorld } from './journey-world.ts';

let database: ClockedDatabase;
let world: JourneyWorld;
beforeAll(async () => {
  database = await createClockedDatabase();
  world = createJourneyWorld(database);
});
afterAll(() => database?.stop());

/** Three histories for each example of other properties: 300 in `npm test`, more at night. */
const numRuns = 3 * propertyRuns;

it('sends the mails that a calendar says, whatever comes when, twice, or while nothing works', unlimited, async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      expect(await world.play(history)).toEqual(expectedOf(history));
    }),
    { numRuns },
  );
});
