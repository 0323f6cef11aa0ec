import { sql, type RawBuilder } from 'kysely';
import type { Retention } from '../../retention.ts';
import { tableRecords } from '../tables/tables.ts';
import { kysely } from './kysely.ts';
import type { Db } from './pool.ts';

/** Rows deleted from one table in one pass: a short transaction, whatever has piled up. */
const batchRows = 5_000;
/** Ended runs whose turns go in one pass. */
const batchRuns = 200;

/** The tables whose rows are deleted a set time after the instant in their column `since`. */
const old = tableRecords.flatMap(([table, { retention }]) =>
  typeof retention === 'object' ? [{ table, ...retention }] : [],
);

/**
 * Deletes what is old. `db` is the system role's. A table in which it cannot be done holds up no other.
 * @returns how many rows went @throws the error of the first such table, after all others
 */
export async function sweepOld(db: Db, retention: Retention): Promise<number> {
  let count = 0;
  const faults: unknown[] = [];
  for (const { table, since, name } of old) {
    const result = await sql`delete from ${sql.table(table)} where ctid in (
      select ctid from ${sql.table(table)} where ${sql.ref(since)} < ${before(retention[name])} limit ${batchRows})`
      .execute(kysely(db))
      .catch((error: unknown) => void faults.push(error));
    count += Number(result?.numAffectedRows ?? 0n);
  }
  if (faults.length > 0) throw faults[0];
  return count;
}

/**
 * Deletes the turns of runs that ended long ago, but for the last one: a run's page shows the facts in its state. Only a run that goes on
 * is rewound, so nothing reads the others. A failed run counts as not ended until it is started again (then it has no end), closed (then
 * it has another one) or `failedRuns` old: its turns stay as long, so that it can be taken up where it failed.
 *
 * Ended runs are gone through once, in the order of their ends; a watermark says how far. @returns how many runs it went through
 */
export async function sweepTurns(db: Db, retention: Retention): Promise<number> {
  const failedHours = Math.max(retention.turns, retention.failedRuns);
  return (
    (await passEnded(db, 'turns_swept', sql`status <> 'failed' and ended_at < ${before(retention.turns)}`, oldTurns)) +
    (await passEnded(db, 'failed_turns_swept', sql`status = 'failed' and ended_at < ${before(failedHours)}`, oldTurns))
  );
}

const oldTurns = sql`delete from run_turn t using past
  where t.workspace_id = past.workspace_id and t.run_id = past.id and t.turn < past.turn`;

/**
 * Goes on through the ended runs for which `which` holds, each once in the order of their ends, from where the watermark `mark` is. `work`
 * is a statement over those of this pass, the rows of `past` (workspace_id, id, turn). @returns how many runs it went through
 */
export async function passEnded(
  db: Db,
  mark: string,
  which: RawBuilder<unknown>,
  work: RawBuilder<unknown>,
): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    with past as (
      select workspace_id, id, turn, ended_at from run
      where ended_at > coalesce((select value::timestamptz from watermark where name = ${mark}), '-infinity') and ${which}
      order by ended_at fetch first ${sql.lit(batchRuns)} rows with ties
    ), done as (
      ${work}
    ), marked as (
      insert into watermark (name, value) select ${mark}, max(ended_at)::text from past having count(*) > 0
      on conflict (name) do update set value = greatest(watermark.value::timestamptz, excluded.value::timestamptz)::text
    )
    select count(*)::int as n from past`.execute(kysely(db));
  return rows[0]?.n ?? 0;
}

function before(hours: number): RawBuilder<unknown> {
  return sql`now() - make_interval(hours => ${hours})`;
}
