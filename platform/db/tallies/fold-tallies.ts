import { sql, type RawBuilder } from 'kysely';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import { inTransaction, type Tx } from '../core/workspace.ts';

/** The columns of a tally that say of what it is, those that are added up, and which of its sums nobody asks for any more. */
type Tally = { table: string; kind: readonly string[]; counts: readonly string[]; isOver?: RawBuilder<unknown> };

const steps: Tally = {
  table: 'step_tally',
  kind: ['workspace_id', 'subject_id', 'version_id', 'step', 'status', 'hour', 'spell'],
  counts: ['n'],
};

const tallies: readonly Tally[] = [
  {
    table: 'run_tally',
    kind: ['workspace_id', 'subject_id', 'kind', 'version_id', 'status', 'is_live', 'waiting_for', 'step', 'has_goal'],
    counts: ['n'],
  },
  {
    table: 'run_hour',
    kind: ['workspace_id', 'hour', 'subject_id'],
    counts: ['started', 'ended', 'finished', 'failed', 'reached'],
    isOver: sql`hour < now() - interval '31 days'`,
  },
  steps,
  {
    table: 'step_way',
    kind: ['workspace_id', 'subject_id', 'version_id', 'origin', 'step', 'hour'],
    counts: ['n'],
    isOver: sql`hour < now() - interval '8 days'`,
  },
];

/** Rows folded in one transaction. */
const batchRows = 20_000;
/** The advisory lock of those who fold: one at a time, so that nobody waits for another's sums. */
const LOCK = 7_404;

/**
 * Puts the rows that triggers have appended into sums, and drops those of hours that nobody asks for. What is read is the same before and after.
 * `db` is the system role's. @returns how many rows it took, where there may be more at once
 */
export async function foldTallies(db: Db): Promise<number> {
  let most = 0;
  for (const tally of tallies)
    most = Math.max(most, await locked(db, (tx) => fold(tx, tally, sql`not is_sum limit ${sql.lit(batchRows)}`)));
  return most < batchRows ? 0 : most;
}

/** Drops sums of nothing, and of hours past; of steps it is known for a day when they ended. `db` is the system role's. */
export async function sweepTallies(db: Db): Promise<void> {
  await locked(db, (tx) =>
    fold(tx, steps, sql`is_sum and hour < now() - interval '26 hours'`, {
      hour: sql`null::timestamptz`,
      spell: sql`null::int`,
    }),
  );
  for (const { table, counts, isOver = sql`false` } of tallies) {
    const isNothing = sql.join(
      counts.map((count) => sql`${sql.ref(count)} = 0`),
      sql` and `,
    );
    await locked(db, async (tx) => {
      await sql`delete from ${sql.table(table)} where is_sum and ${isNothing} or ${isOver}`.execute(kysely(tx));
      return 0;
    });
  }
}

async function locked(db: Db, work: (tx: Tx) => Promise<number>): Promise<number> {
  return inTransaction(db, async (tx) => {
    const { rows } = await sql<{ mine: boolean }>`select pg_try_advisory_xact_lock(${LOCK}) as mine`.execute(
      kysely(tx),
    );
    return rows[0]?.mine ? work(tx) : 0;
  });
}

/** Takes the rows of a tally for which `which` holds, and adds them to its sums; `dropped` columns of theirs say nothing any more. */
async function fold(
  tx: Tx,
  { table, kind, counts }: Tally,
  which: RawBuilder<unknown>,
  dropped: Readonly<Record<string, RawBuilder<unknown>>> = {},
): Promise<number> {
  const name = sql.table(table);
  const columns = sql.join([...kind, ...counts].map((column) => sql.ref(column)));
  const of = sql.join(kind.map((column) => dropped[column] ?? sql.ref(column)));
  const groups = sql.join(kind.map((_, index) => sql.lit(index + 1)));
  const sums = sql.join(counts.map((count) => sql`sum(${sql.ref(count)})`));
  const added = sql.join(
    counts.map((count) => sql`${sql.ref(count)} = ${sql.ref(`${table}.${count}`)} + excluded.${sql.ref(count)}`),
  );
  const { rows } = await sql<{ n: number }>`
    with taken as (
      delete from ${name} where ctid = any(array(select ctid from ${name} where ${which})) returning ${columns}
    ), put as (
      insert into ${name} (${columns}, is_sum) select ${of}, ${sums}, true from taken group by ${groups}
      on conflict (${sql.join(kind.map((column) => sql.ref(column)))}) where is_sum do update set ${added}
    )
    select count(*)::int as n from taken`.execute(kysely(tx));
  return rows[0]?.n ?? 0;
}
