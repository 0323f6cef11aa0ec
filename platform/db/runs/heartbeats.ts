import { sql } from 'kysely';
import { queueNames, type QueueName } from '../../../contracts/core/queues.ts';
import { isRecent } from '../core/instants.ts';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import type { Tx } from '../core/workspace.ts';

/** A worker whose last heartbeat is older than this is gone; workers beat every 5 s. */
const silentSeconds = 20;
const isAlive = isRecent('seen_at', silentSeconds);

/** Says that this process serves `queues` now. */
export async function beat(db: Db, worker: { process: string; queues: QueueName[]; build: string }): Promise<void> {
  await kysely(db)
    .insertInto('worker_heartbeat')
    .values(worker.queues.map((queue) => ({ process: worker.process, queue, build: worker.build })))
    .onConflict((conflict) =>
      conflict.columns(['process', 'queue']).doUpdateSet({ seen_at: sql`now()`, build: worker.build }),
    )
    .execute();
  await sql`delete from worker_heartbeat where seen_at < now() - interval '1 day'`.execute(kysely(db));
}

/** Whether a process has said that it serves a queue, and has not left since. */
export async function hasBeaten(db: Db, process: string): Promise<boolean> {
  const row = await kysely(db)
    .selectFrom('worker_heartbeat')
    .select('process')
    .where('process', '=', process)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether all workers that have reported of late are of this build, and so replay each other's histories. */
export async function isOnlyBuild(db: Db, build: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from worker_heartbeat where build <> ${build} and ${isAlive} limit 1`.execute(kysely(db));
  return rows.length === 0;
}

/** Takes the process off the list at once, when it stops in good order. */
export async function leave(db: Db, process: string): Promise<void> {
  await kysely(db).deleteFrom('worker_heartbeat').where('process', '=', process).execute();
}

/** How many workers serve a queue now, and when one last reported; null: not within a day. */
export type QueueState = { queue: QueueName; workers: number; lastSeenAt: Date | null };

/** Every queue with its workers. */
export async function queueStates(db: Db | Tx): Promise<QueueState[]> {
  const { rows } = await sql<{ queue: string; workers: number; lastSeenAt: Date }>`
    select queue, count(*) filter (where ${isAlive})::int as workers,
      max(seen_at) as "lastSeenAt" from worker_heartbeat group by queue`.execute(kysely(db));
  return queueNames.map((queue) => {
    const row = rows.find((found) => found.queue === queue);
    return { queue, workers: row?.workers ?? 0, lastSeenAt: row?.lastSeenAt ?? null };
  });
}

/** The queues that no worker serves. */
export async function queuesWithoutWorker(db: Db | Tx): Promise<QueueName[]> {
  const states = await queueStates(db);
  return states.filter(({ workers }) => workers === 0).map(({ queue }) => queue);
}
