import { sql } from 'kysely';
import { takeInEvents } from '../../../platform/db/journeys/event-intake.ts';
import { kysely } from '../../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../../platform/db/core/workspace.ts';
import { type Installation, until } from '../support/installation.ts';

/** Milliseconds from an event to the end of the run that it ends, one after the other: the middle, and what 95 and 99 of 100 stay below. */
export type Latency = { p50: number; p95: number; p99: number };

/** Closes the accounts of so many people who wait in a journey, one by one. */
export async function closeAccounts(
  { app, system, workspaceId }: Installation,
  journey: string,
  count: number,
): Promise<Latency> {
  const took: number[] = [];
  for (let at = 0; at < count; at += 1) {
    const contact = `${journey}/${at}`;
    const event = { id: `close/${contact}`, name: 'account.closed', contact, key: null, properties: {} };
    const began = performance.now();
    await inWorkspace(app, workspaceId, (tx) =>
      takeInEvents(tx, workspaceId, [{ ...event, occurredAt: new Date().toISOString() }]),
    );
    await until('the run ends', async () => (await endedOf(system, contact)) === 1, { everyMs: 5 });
    took.push(performance.now() - began);
  }
  const sorted = took.toSorted((a, b) => a - b);
  const below = (share: number): number => Math.round(sorted[Math.min(count - 1, Math.floor(share * count))] ?? 0);
  return { p50: below(0.5), p95: below(0.95), p99: below(0.99) };
}

/** How late timers of so many seconds were, in milliseconds, and within how many seconds all were due; waits until the journey's runs have ended. */
export async function lateness(
  { system }: Installation,
  { journey, seconds }: { journey: string; seconds: number },
): Promise<Latency & { dueWithin: number }> {
  const own = sql`run join journey_run j on j.workspace_id = run.workspace_id and j.run_id = run.id
    join journey on journey.id = j.journey_id and journey.slug = ${journey}`;
  await until('the timers are over', async () => {
    const { rows } = await sql`select from ${own} where run.ended_at is null limit 1`.execute(kysely(system));
    return rows.length === 0;
  });
  const { rows } = await sql<Latency & { dueWithin: number }>`
    select percentile_disc(0.5) within group (order by late) as p50, percentile_disc(0.95) within group (order by late) as p95,
      percentile_disc(0.99) within group (order by late) as p99, extract(epoch from max(started_at) - min(started_at))::float8 as "dueWithin"
    from (select step.started_at, round(1000 * (extract(epoch from run.ended_at - step.started_at) - ${seconds}::int))::int as late
      from ${own} join step on step.workspace_id = run.workspace_id and step.run_id = run.id where step.step = 'breathe') t`.execute(
    kysely(system),
  );
  const [found] = rows;
  if (!found) throw new Error('No run had a timer');
  return found;
}

/** Bytes of the tables and indexes that runs take. */
export async function bytesOfRuns({ system }: Installation): Promise<number> {
  const { rows } = await sql<{ bytes: string }>`
    select sum(pg_total_relation_size(c.oid)) as bytes from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind = 'r' and c.relname = any(${tables}::text[])`.execute(kysely(system));
  return Number(rows[0]?.bytes);
}

/** What has rows of a waiting run, its contact and its event among them. */
const tables = [
  'run',
  'journey_run',
  'run_turn',
  'run_position',
  'run_inbox',
  'step',
  'wait',
  'contact',
  'event',
  'change_log',
  'pool_ready',
];

async function endedOf(system: Installation['system'], contact: string): Promise<number> {
  const { rows } = await sql<{ ended: string }>`
    select count(*) as ended from contact join run on run.workspace_id = contact.workspace_id and run.contact_id = contact.id
    where contact.external_id = ${contact} and run.ended_at is not null`.execute(kysely(system));
  return Number(rows[0]?.ended);
}
