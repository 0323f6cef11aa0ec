import { spawn, type ChildProcess } from 'node:child_process';
import { cpus } from 'node:os';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createClient } from '../../sdk/client/client.ts';
import { scopes } from '../../contracts/access/access.ts';
import { startHouse, type House, type Service } from '../support/house.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { eventually } from '../support/eventually.ts';
import { settings } from '../support/settings.ts';
import { coursesLoad } from './loads/courses.ts';
import { documentsLoad } from './loads/documents.ts';
import { journeysLoad } from './loads/journeys.ts';
import type { Load } from './loads/load.ts';
import { createRandom, untilDone } from './storm.ts';

const { outageMs } = settings;
// A disk of one's own, that can be filled, is root's alone.
const services = (settings.outageServices as Service[])
  .filter((name) => name !== 'clock' || settings.faketime !== '')
  .filter((name) => !/disk/i.test(name) || process.getuid?.() === 0);
/** What is under way when a service goes. */
const counts = { documents: 200, journeys: 50, learners: 10 };
/** More than what is left takes afterwards, with every pause between tries. */
const endWithinMs = 300_000 + outageMs;
/** How long work may take to get under way where others are at work on the machine too: nothing is claimed of it. */
const beginWithinMs = 600_000;

type Row = { service: Service; reason: string; seenAfter: string; goneOnAfter: string; unknown: number };

describe(`a service that is unavailable for ${outageMs / 1_000} s`, () => {
  const table: Row[] = [];
  const spinners: ChildProcess[] = [];
  let house: House | undefined;
  beforeAll(() => {
    // Both cores are busy, as where others work on the machine too.
    for (const _ of cpus().slice(0, 2))
      spinners.push(spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
  });
  afterEach(async () => {
    await house?.stop();
    house = undefined;
  });
  afterAll(() => {
    for (const spinner of spinners) spinner.kill('SIGKILL');
    console.table(table);
  });

  it.each(services)(
    'loses and repeats nothing, says why, and goes on by itself: %s',
    async (service) => {
      const here = (house = await startHouse({ troubled: service }));
      const loads = await startLoads(here);
      // Letters are stored once they are rendered, which begins when all are generated.
      const isStorage = service === 'objects' || service === 'disk';
      const many = isStorage ? counts.documents * 0.8 : counts.documents * 0.1;
      await eventually('work is under way', async () => (await generated(here)) >= many, beginWithinMs);
      const before = await reasonsFor(loads.key, here);
      const cutAt = Date.now();
      let isAway = true;
      const away = here.withhold(service, outageMs).then(() => (isAway = false));
      let seen: { reason: string; ms: number } | null = null;
      const watch = async (): Promise<void> => {
        while (isAway && !seen) {
          const [reason] = (await reasonsFor(loads.key, here)).filter((each) => !before.includes(each));
          if (reason !== undefined) seen = { reason, ms: Date.now() - cutAt };
          await new Promise((resolve) => setTimeout(resolve, 250));
        }
      };
      const acts = loads.all.map((load) => untilDone(`the ${load.name} have ended`, () => load.act(), endWithinMs));
      await Promise.all([away, watch(), ...acts]);
      const found = seen as { reason: string; ms: number } | null;
      table.push({
        service,
        reason: found?.reason ?? 'none',
        seenAfter: found ? `${(found.ms / 1_000).toFixed(1)} s` : '',
        goneOnAfter: `${((Date.now() - cutAt - outageMs) / 1_000).toFixed(0)} s`,
        unknown: await unknownEffects(here),
      });
      const broken = await kysely(here.database.system)
        .selectFrom('run')
        .select(['kind', 'reason', 'status'])
        .where('status', '=', 'failed')
        .execute();
      expect(broken, 'runs that failed').toEqual([]);
      const mails = (await here.doubles.control.mails()).map((mail) => mail.messageId);
      expect(new Set(mails).size, 'a mail came twice').toBe(mails.length);
      for (const load of loads.all) console.log(`${service}, ${load.name}: ${await load.check()}`);
      expect(await failedDocuments(here), 'documents lost').toBe(0);
      expect(here.endedByItself(), 'workers that ended by themselves').toBe(0);
      // Another worker goes on with what a frozen one had, and a wrong clock holds nothing up.
      if (service !== 'worker' && service !== 'clock') expect(found, 'why nothing goes on').not.toBeNull();
    },
    2 * beginWithinMs + endWithinMs,
  );
});

async function startLoads(house: House): Promise<{ key: string; all: Load[] }> {
  const key = await house.api.key([...scopes, 'role:approver']);
  const parts = { house, client: createClient({ baseUrl: house.url, key }), key };
  await house.doubles.control.configureLlm({ latencyMs: 700 });
  const all = [
    coursesLoad({ ...parts, count: counts.learners }, createRandom(1)),
    documentsLoad({ ...parts, count: counts.documents }),
    journeysLoad({ ...parts, count: counts.journeys }),
  ];
  for (const load of all) await load.start();
  // What people do before the outage: the batch and some of the readers are past their approvals.
  const until = Date.now() + beginWithinMs;
  while (Date.now() < until && (await generated(house)) < 10) for (const load of all) await load.act();
  return { key, all };
}

/** What people see where something does not go on: open incidents, runs in trouble, and what the server says of itself. */
async function reasonsFor(key: string, { api }: House): Promise<string[]> {
  const get = (url: string) => api.call({ url, key });
  const [incidents, runs, ready] = await Promise.all([
    get('/v1/incidents?state=open'),
    get('/v1/runs?state=trouble'),
    get('/health/ready'),
  ]);
  if (incidents.status >= 500) return [`${incidents.status} ${incidents.text}`.slice(0, 120)];
  const told = incidents.json['items'] as { message: string }[];
  const troubles = runs.json['items'] as { trouble: { message: string } | null }[];
  const parts = Object.entries(ready.json).filter(([, value]) => value === 'away' || value === 'full');
  return [
    ...parts.map(([name, how]) => `${name} is ${String(how)}`),
    ...told.map(({ message }) => message),
    ...troubles.map(({ trouble }) => trouble?.message ?? ''),
  ];
}

const generated = async (house: House): Promise<number> =>
  countOf(
    await kysely(house.database.system).selectFrom('document').select('id').where('generated', '=', 'done').execute(),
  );
const failedDocuments = async (house: House): Promise<number> =>
  countOf(
    await kysely(house.database.system)
      .selectFrom('document')
      .select('id')
      .where((is) => is.or([is('generated', '=', 'failed'), is('rendered', '=', 'failed')]))
      .execute(),
  );
const unknownEffects = async (house: House): Promise<number> =>
  countOf(
    await kysely(house.database.system).selectFrom('effect').select('id').where('state', '=', 'unknown').execute(),
  );
const countOf = (rows: unknown[]): number => rows.length;
