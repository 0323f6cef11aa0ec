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
