import { sql } from 'kysely';
import type { JsonObject } from '../../../../contracts/core/machine.ts';
import type { EffectRow } from '../../runs/effects.ts';
import { kysely } from '../../core/kysely.ts';
import type { Tx } from '../../core/workspace.ts';

/** A page of the effects in one state, newest first, below `before`. */
export async function listEffects(
  tx: Tx,
  page: { workspaceId: string; state: string; before: string | null; limit: number },
): Promise<EffectRow[]> {
  let query = kysely(tx)
    .selectFrom('effect')
    .selectAll()
    .where('workspace_id', '=', page.workspaceId)
    .where('state', '=', page.state);
  if (page.before !== null) query = query.where('id', '<', page.before);
  return query
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute();
}

/** One effect; undefined where the workspace has none with that id. */
export async function findEffect(tx: Tx, workspaceId: string, id: string): Promise<EffectRow | undefined> {
  return kysely(tx)
    .selectFrom('effect')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .executeTakeFirst();
}

/** Locks one effect; undefined where the workspace has none with that id. */
export async function lockEffect(tx: Tx, workspaceId: string, id: string): Promise<EffectRow | undefined> {
  return kysely(tx)
    .selectFrom('effect')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst();
}

/** Writes what a person found out about a locked effect that was `unknown`. */
export async function resolveEffect(tx: Tx, effect: EffectRow, resolution: JsonObject): Promise<EffectRow> {
  return kysely(tx)
    .updateTable('effect')
    .set({ state: 'resolved', resolution: JSON.stringify(resolution), rev: sql`rev + 1` })
    .where('workspace_id', '=', effect.workspace_id)
    .where('id', '=', effect.id)
    .returningAll()
    .executeTakeFirstOrThrow();
}
