import type { Selectable } from 'kysely';
import type { Database } from '../tables/tables.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** An incident's row. */
export type IncidentRow = Selectable<Database['incident']>;

/** A page of incidents, newest first, below `before`. */
export async function listIncidents(
  tx: Tx,
  page: { workspaceId: string; state: string | null; runId: string | null; before: string | null; limit: number },
): Promise<IncidentRow[]> {
  let query = kysely(tx).selectFrom('incident').selectAll().where('workspace_id', '=', page.workspaceId);
  if (page.state !== null) query = query.where('state', '=', page.state);
  if (page.runId !== null) query = query.where('run_id', '=', page.runId);
  if (page.before !== null) query = query.where('id', '<', page.before);
  return query
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute();
}

/** One incident; undefined where the workspace has none with that id. */
export function findIncident(tx: Tx, workspaceId: string, id: string): Promise<IncidentRow | undefined> {
  return kysely(tx)
    .selectFrom('incident')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .executeTakeFirst();
}
