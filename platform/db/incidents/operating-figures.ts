import { sql } from 'kysely';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';

/** One number that operators watch, over all workspaces; `label` distinguishes numbers of one name. */
export type Figure = { name: string; label: string; value: number };

/** Counts live runs, the outbox, open incidents, unknown effects and open gates. */
export async function operatingFigures(db: Db): Promise<Figure[]> {
  const { rows } = await sql<Figure>`select name, label, value from operating_figures()`.execute(kysely(db));
  return rows;
}
