import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import pg from 'pg';
import type { Condition } from '../../contracts/journeys/conditions.schema.ts';
import { freePort } from '../../local/ports.ts';
import { startPostgres } from '../../local/postgres/server.ts';
import { ensureWorkspace } from '../../platform/db/access/provisioning.ts';
import { changeContact, lockContacts } from '../../platform/db/contacts/contacts.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { createDb, type Db } from '../../platform/db/core/pool.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { takeInEvents } from '../../platform/db/journeys/event-intake.ts';
import { prepareDatabase } from '../../platform/db/migrations/bootstrap.ts';
import { keepSegments } from '../../platform/db/segments/keep-segments.ts';
import { listSegments, saveSegment } from '../../platform/db/segments/segments.ts';
import { newToken } from '../../platform/tokens.ts';
import { newId } from '../../platform/ids.ts';
import { segmentEnter } from '../../sdk/journey/journey.ts';
import { sampleJourney, storeJourney } from '../support/journeys.ts';
import { median } from './support/median.ts';

const { values: given } = parseArgs({
  options: {
    contacts: { type: 'string', default: '100000' },
    segments: { type: 'string', default: '50' },
    writes: { type: 'string', default: '600' },
  },
});
const [contacts, segments, writes] = [Number(given.contacts), Number(given.segments), Number(given.writes)];
/** Wanted from the write to the run. */
const wantedMs = 2_000;
const writesASecond = 20;

const home = join(fileURLToPath(new URL('../../..', import.meta.url)), '.throughline/test/bench-segments');
mkdirSync(home, { recursive: true });
const server = await startPostgres({ home, port: await freePort(28_400), log: join(home, 'postgres.log') });
try {
  const settings = { DATABASE_URL: server.adminUrl, THROUGHLINE_KEY: newToken() };
  await prepareDatabase(settings);
  const owner = createDb(settings, 'tl_owner', 1);
  const workspaceId = await ensureWorkspace(owner, { slug: 'bench', name: 'Bench' });
  await owner.destroy();
  const [app, system] = [createDb(settings, 'tl_app', 4), createDb(settings, 'tl_system', 2)];
  await fill(server.adminUrl, workspaceId);
  console.log(`  ${contacts} contacts`);
  const before = await write(app, workspaceId, 'before');
  await publish(app, workspaceId);
  const built = await build(app, system, workspaceId);
  console.log(`  ${segments} segments of ${contacts} contacts built in ${(built / 1_000).toFixed(1)} s`);
  const keeper = keep(system);
  const entered = watch(system, workspaceId);
  const after = await write(app, workspaceId, 'after');
  const lateness = await entered.late(after.at);
  await keeper.stop();
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => lateness[Math.ceil(share * lateness.length) - 1] ?? NaN);
  const ratio = median(after.took) / median(before.took);
  console.log(
    `  a write: ${median(before.took).toFixed(1)} ms without segments, ${median(after.took).toFixed(1)} ms with them`,
  );
  console.log(
    `  from the write to the run, ${lateness.length} of ${writes}: p50 ${p50?.toFixed(0)} ms, p95 ${p95?.toFixed(0)} ms, p99 ${p99?.toFixed(0)} ms`,
  );
  console.log(
    JSON.stringify({
      bench: 'segments',
      contacts,
      segments,
      writes,
      builtMs: Math.round(built),
      ratio,
      p50,
      p95,
      p99,
      wantedMs,
      entered: lateness.length,
    }),
  );
  await Promise.all([app.destroy(), system.destroy()]);
} finally {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
}

/** People with a few attributes each, and an event. */
async function fill(adminUrl: string, workspaceId: string): Promise<void> {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  await admin.query(
    `insert into contact (workspace_id, external_id, email, attributes)
    select $1::uuid, 'person-' || n, 'person-' || n || '@example.com', jsonb_build_object('plan', (array['free', 'pro', 'team'])[1 + n % 3], 'seats', n % 100,
      'country', 'C' || n % 40, 'renewsAt', to_char(now() + (n % 365 - 100) * interval '1 day', 'YYYY-MM-DD')) from generate_series(1, $2::int) n`,
    [workspaceId, contacts],
  );
  await admin.query(
    `insert into event (workspace_id, id, name, contact_id, occurred_at, properties)
    select workspace_id, 'e-' || external_id, 'Ordered', id, now() - (abs(hashtext(external_id)) % 90) * interval '1 day',
      jsonb_build_object('amount', abs(hashtext(external_id)) % 500) from contact where workspace_id = $1`,
    [workspaceId],
  );
  await admin.query('vacuum analyze contact, event');
  await admin.end();
}

/** Segments by attributes, dates, and what was done; the first is the one that a journey begins by. */
function ruleOf(n: number): Condition {
  const contact = (name: string) => ({ kind: 'contact' as const, path: [name] });
  const is = (name: string, value: string | number): Condition => ({
    kind: 'compare',
    op: 'equals',
    left: contact(name),
    right: { kind: 'literal', value },
  });
  const more = {
    kind: 'compare',
    op: 'greaterThan',
    left: { kind: 'event', path: ['amount'] },
    right: { kind: 'literal', value: n * 8 },
  } as const;
  const rules: Condition[] = [
    is('stage', `s-${n}`),
    {
      kind: 'all',
      of: [
        is('plan', 'pro'),
        { kind: 'compare', op: 'atLeast', left: contact('seats'), right: { kind: 'literal', value: n } },
      ],
    },
    { kind: 'compare', op: 'before', left: contact('renewsAt'), right: { kind: 'now', plus: `P${n + 1}D` } },
    {
      kind: 'all',
      of: [{ kind: 'performed', event: 'Ordered', within: `P${n + 1}D`, where: [more] }, is('country', `C${n % 40}`)],
    },
    { kind: 'not', condition: { kind: 'performed', event: 'Ordered', within: 'P30D' } },
  ];
  return rules[n % rules.length] ?? is('plan', 'pro');
}

async function publish(db: Db, workspaceId: string): Promise<void> {
  await inWorkspace(db, workspaceId, async (tx) => {
    for (let n = 0; n < segments; n += 1)
      await saveSegment(tx, workspaceId, { slug: `segment-${n}`, name: `Segment ${n}`, rule: ruleOf(n) }, []);
    const definition = sampleJourney('bench', { entry: [segmentEnter('segment-0').trigger], execution: 'pooled' });
    await storeJourney(tx, workspaceId, definition, { status: 'live', live_version: 1 });
  });
}

async function build(db: Db, system: Db, workspaceId: string): Promise<number> {
  const begun = performance.now();
  const isBuilding = async (): Promise<boolean> =>
    (await inWorkspace(db, workspaceId, (tx) => listSegments(tx, workspaceId))).some(
      ({ state }) => state === 'building',
    );
  while ((await keepSegments(system)) > 0 || (await isBuilding()));
  return performance.now() - begun;
}

/** As the worker has it: a pass each 250 ms, the next at once where there was something to do. */
function keep(db: Db): { stop(): Promise<void> } {
  let isOver = false;
  const loop = (async () => {
    while (!isOver) if ((await keepSegments(db)) === 0) await sleep(250);
  })();
  return {
    async stop() {
      isOver = true;
      await loop;
    },
  };
}

/** Writes an attribute and takes in an event of people, at an even pace; `at` is when each was committed. */
async function write(
  db: Db,
  workspaceId: string,
  stage: 'before' | 'after',
): Promise<{ took: number[]; at: Map<string, number> }> {
  const [took, at] = [[] as number[], new Map<string, number>()];
  const begun = performance.now();
  for (let n = 0; n < writes; n += 1) {
    await sleep(Math.max(0, begun + (n * 1_000) / writesASecond - performance.now()));
    const contact = `person-${1 + ((n * 7_919) % contacts)}`;
    const from = performance.now();
    await inWorkspace(db, workspaceId, async (tx) => {
      const row = (await lockContacts(tx, workspaceId, [contact])).get(contact);
      if (row) await changeContact(tx, row, { attributes: { stage: stage === 'after' ? 's-0' : 'none' } });
      const event = {
        id: newId(),
        name: 'Ordered',
        contact,
        key: null,
        occurredAt: new Date().toISOString(),
        properties: { amount: n },
      };
      await takeInEvents(tx, workspaceId, [event]);
    });
    took.push(performance.now() - from);
    at.set(contact, performance.now());
  }
  return { took, at };
}

/** Sees when the run of each is there. */
function watch(db: Db, workspaceId: string): { late(at: ReadonlyMap<string, number>): Promise<number[]> } {
  const seen = new Map<string, number>();
  let isOver = false;
  const loop = (async () => {
    let last = '00000000-0000-0000-0000-000000000000';
    while (!isOver) {
      const { rows } = await sql<{ run: string; contact: string }>`
        select r.run_id as run, c.external_id as contact from journey_run r join contact c on c.workspace_id = r.workspace_id and c.id = r.contact_id
        where r.workspace_id = ${workspaceId} and r.run_id > ${last}::uuid order by r.run_id`.execute(kysely(db));
      for (const { run, contact } of rows) {
        seen.set(contact, performance.now());
        last = run;
      }
      await sleep(10);
    }
  })();
  return {
    async late(at) {
      while (seen.size < at.size) await sleep(50);
      isOver = true;
      await loop;
      return [...at].map(([contact, since]) => (seen.get(contact) ?? NaN) - since).toSorted((a, b) => a - b);
    },
  };
}
