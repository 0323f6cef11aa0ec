import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { propertyRuns, unlimited } from '../support/properties.ts';
import { settings } from '../support/settings.ts';
import '../support/quiet-runtime.ts';
import { createClockedDatabase, type ClockedDatabase } from './clock.ts';
import { enrollmentHistories } from './enrollment-history.ts';
import { createEnrollmentWorld, type EnrollmentWorld } from './enrollment-world.ts';
import { storiesOf } from './enrollments-expected.ts';

let database: ClockedDatabase;
let world: EnrollmentWorld;
beforeAll(async () => {
  database = await createClockedDatabase();
  world = createEnrollmentWorld(database);
});
afterAll(() => database?.stop());

// A history keeps one core busy: at night this half goes beside the one of enrollments.test.ts.
it('gives the seats, mails and money that a clerk would, in other histories', unlimited, async () => {
  await fc.assert(
    fc.asyncProperty(enrollmentHistories, async (drawn) => {
      expect(await world.play(drawn)).toEqual(storiesOf(drawn));
    }),
    { numRuns: propertyRuns, seed: settings.propertySeed + 1 },
  );
});
