import { sql } from 'kysely';
import { isRecent } from '../core/instants.ts';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import type { Tx } from '../core/workspace.ts';

/** One start of a worker process: an id of its own, and the process's host and number, which may come again. */
export type WorkerLife = { id: string; process: string };

/** So many deaths within `window` are no accident: five restarts of the launcher, whose pauses grow to 30 s, take about a minute. */
const manyDeaths = 5;
const window = sql`interval '10 minutes'`;
/** The incident's kind. */
const kind = 'worker.dying';

/** Alive: not asked to end, no last words, and seen of late; workers say every 5 s that they live. */
const isAlive = sql`ended_at is null and last_words is null and ${isRecent('seen_at', 20)}`;
/** Died young. One that has lived for longer than the window says nothing of a process that keeps dying. */
const diedYoung = sql`ended_at is null and not (${isAlive}) and started_at > now() - ${window}`;

/** Says that a worker lives: as early as it can, then every few seconds. It brings no life back that has ended. */
export async function live(db: Db, life: WorkerLife): Promise<void> {
  await kysely(db)
    .insertInto('worker_life')
    .values(life)
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ seen_at: sql`now()` }))
    .execute();
  await sql`delete from worker_life where seen_at < now() - interval '1 day'`.execute(kysely(db));
}

/** Notes that a worker was asked to end, before it does anything about it: whatever cuts that short is no death. */
export async function endLife(db: Db, { id }: WorkerLife): Promise<void> {
  await kysely(db)
    .updateTable('worker_life')
    .set({ ended_at: sql`now()` })
    .where('id', '=', id)
    .execute();
}

/** Notes what a worker dies of, where it can still say so. */
export async function noteLastWords(db: Db, { id }: WorkerLife, words: string): Promise<void> {
  await kysely(db)
    .updateTable('worker_life')
    .set({ last_words: words.slice(0, 500) })
    .where('id', '=', id)
    .execute();
}

/**
 * Opens an incident in every workspace when workers keep dying, and resolves it once one has lived for ten minutes in which none has died.
 * One that a person has resolved comes again with the next death.
 */
export async function watchDeaths(db: Db): Promise<void> {
  const { rows } = await sql<{ deaths: number; lastAt: Date | null; words: string | null; hasSurvivor: boolean }>`
    select count(*) filter (where ${diedYoung})::int as deaths, max(seen_at) filter (where ${diedYoung}) as "lastAt",
      (array_agg(last_words order by seen_at desc) filter (where ${diedYoung} and last_words is not null))[1] as words,
      coalesce(bool_or(${isAlive} and started_at < now() - ${window}), false) as "hasSurvivor"
    from worker_life`.execute(kysely(db));
  const { deaths, lastAt, words, hasSurvivor } = rows[0] ?? {
    deaths: 0,
    lastAt: null,
    words: null,
    hasSurvivor: false,
  };
  if (deaths >= manyDeaths) {
    await sql`
      insert into incident (workspace_id, kind, message, detail)
      select w.id, ${kind}, ${messageOf(deaths, words)}, jsonb_build_object('deaths', ${deaths}::int) from workspace w
      where not exists (select 1 from incident i where i.workspace_id = w.id and i.kind = ${kind}
        and (i.state = 'open' or i.resolved_at > ${lastAt}))
      on conflict (workspace_id, run_id, kind) where state = 'open' do nothing`.execute(kysely(db));
  } else if (deaths === 0 && hasSurvivor) {
    await sql`update incident set state = 'resolved', resolved_at = now(), rev = rev + 1
      where kind = ${kind} and state = 'open'`.execute(kysely(db));
  }
}

function messageOf(deaths: number, words: string | null): string {
  const cause = words === null ? 'None could say why' : `One said at its end: “${words}”`;
  return (
    `Worker processes keep dying: ${deaths} within ten minutes. ${cause}. Nothing is lost, but work is slow or stands still. ` +
    'Look at the last lines that each has logged, and at the memory it may use. This closes by itself once a worker has lived for ten minutes.'
  );
}

/** Whether workers keep dying, as the workspace was shown. */
export async function areWorkersDying(tx: Tx, workspaceId: string): Promise<boolean> {
  const row = await kysely(tx)
    .selectFrom('incident')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('kind', '=', kind)
    .where('state', '=', 'open')
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
