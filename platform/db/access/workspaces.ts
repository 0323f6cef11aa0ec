import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** A workspace by its id. */
export async function findWorkspace(
  tx: Tx,
  id: string,
): Promise<{ id: string; slug: string; name: string; zone: string } | undefined> {
  return kysely(tx)
    .selectFrom('workspace')
    .select(['id', 'slug', 'name', 'zone'])
    .where('id', '=', id)
    .executeTakeFirst();
}
