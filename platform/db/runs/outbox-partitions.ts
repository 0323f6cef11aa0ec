import { sql } from 'kysely';
import { hasCome } from '../core/instants.ts';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import { outboxPartitions } from './outbox.ts';

/** Namespace of the advisory locks by which workers of before hold a partition. */
const LOCK_CLASS = 7_402;
/** A lease ends so long after it was last renewed: many times longer than a renewal takes, and well below the 15 s in which others take over. */
const leaseMs = 6_000;
/** How often a lease is renewed. */
const renewMs = 1_000;

/**
 * The outbox partitions that one process dispatches: leases in Postgres, renewed every second and shared out evenly among the living. A
 * process that dies, hangs or loses its connection has none some seconds later, and needs nobody to notice.
 */
export class Partitions {
  private readonly db: Db;
  private readonly holder: string;
  private held: number[] = [];
  private askedAt = -Infinity;

  /** `db` is the system role's; `holder` names the process, as no other of the installation. */
  constructor(db: Db, holder: string) {
    this.db = db;
    this.holder = holder;
  }

  /** The partitions that are held now. Renews them and takes its share, once a second at most. */
  async take(): Promise<number[]> {
    const now = performance.now();
    if (now - this.askedAt < renewMs) return this.held;
    this.held = await renewLeases(this.db, this.holder);
    // Counted from before the question: by the database's clock the lease ends later.
    this.askedAt = now;
    return this.held;
  }

  /** Whether the leases of the last `take` have not run out. */
  areCurrent(): boolean {
    return performance.now() - this.askedAt < leaseMs;
  }

  /** Gives every partition back, so that others take them at once. */
  async release(): Promise<void> {
    this.held = [];
    this.askedAt = -Infinity;
    const db = kysely(this.db);
    await db.deleteFrom('dispatcher').where('name', '=', this.holder).execute();
    await db
      .updateTable('outbox_partition')
      .set({ holder: null, until: '-infinity' })
      .where('holder', '=', this.holder)
      .execute();
  }
}

/**
 * Renews what a holder has, up to its share of all partitions, takes what is free up to it, and gives back what is beyond. The shared
 * advisory lock is had where no worker of before holds the partition; it goes with the statement.
 * @returns the partitions that the holder has now
 */
export async function renewLeases(db: Db, holder: string): Promise<number[]> {
  const until = sql`now() + make_interval(secs => ${leaseMs / 1_000})`;
  const isOver = hasCome('until', leaseMs / 1_000);
  const { rows } = await sql<{ partition: number }>`
    with present as (
      insert into dispatcher (name, until) values (${holder}, ${until}) on conflict (name) do update set until = excluded.until
    ), gone as (
      delete from dispatcher where until < now() - interval '1 hour' and name <> ${holder}
    ), share as (
      select ceil(${outboxPartitions}::numeric / (1 + count(*)))::int as size from dispatcher where not ${isOver} and name <> ${holder}
    ), kept as (
      select partition from outbox_partition
      where (holder = ${holder} or ${isOver}) and pg_try_advisory_xact_lock_shared(${LOCK_CLASS}, partition)
      order by holder is not distinct from ${holder} desc, partition limit (select size from share) for update skip locked
    ), given_back as (
      update outbox_partition set holder = null, until = '-infinity' where holder = ${holder} and partition not in (select partition from kept)
    )
    update outbox_partition set holder = ${holder}, until = ${until} where partition in (select partition from kept)
    returning partition`.execute(kysely(db));
  return rows.map((row) => row.partition);
}
