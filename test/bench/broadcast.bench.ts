import { sql } from 'kysely';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { takeInEvents } from '../../platform/db/journeys/event-intake.ts';
import { startProgram } from './http/program.ts';
import { publish } from './journeys/start-runs.ts';
import { cpuMsOf } from './support/cpu.ts';
import { patienceFor, startInstallation, until } from './support/installation.ts';

/** People who get one mail each. */
const people = Number(process.env['BENCH_PEOPLE'] ?? (process.argv.includes('--full') ? 200_000 : 20_000));
const patience = patienceFor(people);
/** How often one person's journey is ended by an event while the others are mailed. */
const exits = 20;

const installation = await startInstallation();
const { settings, workspaceId, app, system, doubles, pids } = installation;
const api = await startProgram('../../../api/main.js', 24_400, settings);
try {
  await publish({ app, workspaceId }, 'newsletter', { execution: 'pooled', delay: 'P2D', mails: true });
  await publish({ app, workspaceId }, 'other', { execution: 'pooled', delay: 'P2D', mails: false });
  await sql`
    insert into contact (workspace_id, external_id, email, attributes)
    select ${workspaceId}::uuid, 'reader/' || n, 'p' || n || '@example.com', '{"reads": true}' from generate_series(1, ${people}::int) n`.execute(
    kysely(system),
  );
  const mailed = async (): Promise<number> => {
    const { rows } = await sql<{
      count: number;
    }>`select count(*)::int as count from effect where kind = 'email' and state = 'done'`.execute(kysely(system));
    return rows[0]?.count ?? 0;
  };
  const before = cpu();
  const began = performance.now();
  const { id } = await call('POST', '/v1/journeys/newsletter/entries', { people: { attributes: { reads: true } } });
  const done = async (): Promise<number> => (await call('GET', `/v1/bulk-operations/${id}`)).done;
  await until('a quarter has entered', async () => (await done()) >= people / 4, { ...patience, everyMs: 20 });
  await call('POST', `/v1/bulk-operations/${id}/pause`);
  const entered = await done();
  const latencies = await exitMs();
  const enteredInPause = (await done()) - entered;
  await call('POST', `/v1/bulk-operations/${id}/resume`);
  await until('all are mailed', async () => (await mailed()) >= people, { ...patience, everyMs: 500 });
  const seconds = (performance.now() - began) / 1_000;
  const used = cpu() - before;
  const twice = (await doubles.journal('mail')).length - people;
  const summary = {
    bench: 'broadcast',
    people,
    seconds: Math.round(seconds),
    mailsPerSecond: Number((people / seconds).toPrecision(3)),
    cpuMsPerMail: Number((used / people).toPrecision(3)),
    enteredInPause,
    mailedTwice: twice,
    otherExitMs: latencies,
  };
  console.log(
    `${people} people entered a journey by one call and got a mail each: ${seconds.toFixed(0)} s, ${summary.mailsPerSecond} mails a second, ${summary.cpuMsPerMail} ms of CPU each, all processes`,
  );
  console.log(
    `  meanwhile, from an event of another journey to its end, ms: ${JSON.stringify(latencies)}; mailed twice: ${twice}; entered in a pause: ${enteredInPause}`,
  );
  console.log(JSON.stringify(summary));
} finally {
  await api.stop();
  await installation.stop();
}

function cpu(): number {
  return Object.values(pids).reduce((sum, pid) => sum + cpuMsOf(pid), 0);
}

async function call(method: string, path: string, body?: object): Promise<{ id: string; done: number }> {
  const json = body ? { 'content-type': 'application/json' } : {};
  const headers = { authorization: `Bearer ${installation.key}`, ...json };
  const response = await fetch(api.origin + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json() as Promise<{ id: string; done: number }>;
}

/** Milliseconds from an event to the end of the run of another journey that it ends: the middle one and the longest. */
async function exitMs(): Promise<{ p50: number; most: number }> {
  const took: number[] = [];
  for (let at = 0; at < exits; at += 1) {
    const contact = `other/${at}`;
    await send(contact, 'other');
    await until('the other one waits', () => stands(contact, false), { everyMs: 5 });
    const since = performance.now();
    await send(contact, 'account.closed');
    await until('the other one ends', () => stands(contact, true), { everyMs: 5 });
    took.push(Math.round(performance.now() - since));
  }
  const sorted = took.toSorted((a, b) => a - b);
  return { p50: sorted[exits >> 1] ?? 0, most: sorted.at(-1) ?? 0 };
}

async function send(contact: string, name: string): Promise<void> {
  const event = {
    id: `${name}/${contact}`,
    name,
    contact,
    key: null,
    occurredAt: new Date().toISOString(),
    properties: {},
  };
  await inWorkspace(app, workspaceId, (tx) => takeInEvents(tx, workspaceId, [event]));
}

async function stands(contact: string, isEnded: boolean): Promise<boolean> {
  const { rows } = await sql`
    select from contact join run on run.workspace_id = contact.workspace_id and run.contact_id = contact.id
    where contact.external_id = ${contact} and run.turn > 0 and (run.ended_at is not null) = ${isEnded}`.execute(
    kysely(system),
  );
  return rows.length > 0;
}
