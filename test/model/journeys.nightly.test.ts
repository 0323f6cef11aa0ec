import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { propertyRuns, unlimited } from '../support/properties.ts';
import { settings } from '../support/settings.ts';
import '../support/quiet-runtime.ts';
import { createClockedDatabase, type ClockedDatabase } from './clock.ts';
import { expectedOf } from './expected.ts';
import { histories, mendedHistories, mixedHistories, pausedHistories } from './history.ts';
import { createJourneyWorld, type JourneyWorld } from './journey-world.ts';

let database: ClockedDatabase;
let world: JourneyWorld;
beforeAll(async () => {
  database = await createClockedDatabase();
  world = createJourneyWorld(database, 'pooled');
});
afterAll(() => database?.stop());

// A history keeps one core busy: at night these go beside those of journeys.test.ts.
it.each([
  ['as they are', histories],
  ['with pauses', pausedHistories],
  ['whose mails are refused', mendedHistories],
  ['paused, refused, mended and taken back', mixedHistories],
])('sends the mails that a calendar says of runs in a pool, in other histories: %s', unlimited, async (_, drawn) => {
  await fc.assert(
    fc.asyncProperty(drawn, async (history) => {
      expect(await world.play(history)).toEqual(expectedOf(history));
    }),
    { numRuns: Math.ceil(propertyRuns / 2), seed: settings.propertySeed + 1 },
  );
});
