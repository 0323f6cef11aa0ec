import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient } from '../../sdk/client/client.ts';
import { startHouse, type House } from '../support/house.ts';
import { unlimited } from '../support/properties.ts';
import { settings } from '../support/settings.ts';
import { coursesLoad } from './loads/courses.ts';
import { documentsLoad } from './loads/documents.ts';
import { journeysLoad } from './loads/journeys.ts';
import type { Load } from './loads/load.ts';
import { chaosSeed, createRandom, storm, untilDone } from './storm.ts';

const { journeys, learners, documents, window, withinMs } = settings.storm;

describe('a house in a storm', () => {
  let house: House;
  let loads: Load[];
  const random = createRandom(chaosSeed());

  beforeAll(async () => {
    house = await startHouse();
    const key = await house.api.key([
      'batches:read',
      'batches:write',
      'contacts:write',
      'courses:read',
      'courses:write',
      'effects:read',
      'enrollments:read',
      'enrollments:write',
      'events:write',
      'gates:read',
      'gates:decide',
      'journeys:read',
      'journeys:write',
      'journeys:publish',
      'progress:write',
      'role:approver',
      'runs:read',
    ]);
    const parts = { house, client: createClient({ baseUrl: house.url, key }), key };
    // Slow enough for kills to hit calls in the middle.
    await house.doubles.control.configureLlm({ latencyMs: 700 });
    loads = [
      coursesLoad({ ...parts, count: learners }, random),
      documentsLoad({ ...parts, count: documents }, window),
      journeysLoad({ ...parts, count: journeys }),
    ];
    for (const load of loads) await load.start();
  });
  afterAll(() => house?.stop());

  it('ends all of its work as it should, and does nothing twice', unlimited, async () => {
    const began = Date.now();
    const seconds = (): string => `${Math.round((Date.now() - began) / 1_000)} s`;
    const endOf = async (load: Load): Promise<string> => {
      await untilDone(`the ${load.name} have ended`, () => load.act(), withinMs);
      return seconds();
    };
    const [kills, ...ends] = await Promise.all([storm(house, random), ...loads.map(endOf)]);
    console.log(`${kills} kills; ${loads.map((load, index) => `${load.name} ended after ${ends[index]}`).join(', ')}`);

    const mails = (await house.doubles.control.mails()).map((mail) => mail.messageId);
    expect(new Set(mails).size, 'a mail came twice').toBe(mails.length);
    for (const load of loads) console.log(`${load.name}: ${await load.check()}`);
  });
});
