import { sql } from 'kysely';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';

/** Reads a named watermark; null before the first. */
export async function readWatermark(db: Db, name: string): Promise<string | null> {
  const row = await kysely(db).selectFrom('watermark').select('value').where('name', '=', name).executeTakeFirst();
  return row?.value ?? null;
}

/** Moves a named watermark. */
export async function writeWatermark(db: Db, name: string, value: string): Promise<void> {
  await kysely(db)
    .insertInto('watermark')
    .values({ name, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute();
}

/** A pass of a background task has the watermark `task.NAME`, with the database's time when one came through last. */
const taskMark = 'task.';

/** Notes that passes of these tasks have come through. */
export async function notePasses(db: Db, tasks: readonly string[]): Promise<void> {
  await sql`
    insert into watermark (name, value) select ${taskMark} || task, now()::text from unnest(${tasks}::text[]) task
    on conflict (name) do update set value = excluded.value`.execute(kysely(db));
}

/** Those of `tasks` that have come through in no process for so many minutes, though they did before. */
export async function lateTasks(db: Db, tasks: readonly string[], minutes: number): Promise<string[]> {
  const { rows } = await sql<{ task: string }>`
    select task from unnest(${tasks}::text[]) task join watermark on name = ${taskMark} || task
    where value::timestamptz < now() - make_interval(mins => ${minutes}) order by task`.execute(kysely(db));
  return rows.map((row) => row.task);
}
