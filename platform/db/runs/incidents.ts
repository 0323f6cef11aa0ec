import { sql } from 'kysely';
import type { JsonObject } from '../../../contracts/core/machine.ts';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import type { Tx } from '../core/workspace.ts';

/** Something that a person must look at. `runId` null: it concerns the workspace. */
export type NewIncident = {
  workspaceId: string;
  runId: string | null;
  kind: string;
  message: string;
  detail?: JsonObject;
};

/** The predicate of the unique index `incident_once`: only as a literal does Postgres match it in a prepared statement's plan. */
const isOpen = sql<boolean>`state = 'open'`;

/** Opens an incident unless one of that kind is open for the run. Works in a workspace's transaction and for the system role. */
export async function openIncident(db: Tx | Db, incident: NewIncident): Promise<void> {
  await kysely(db)
    .insertInto('incident')
    .values({
      workspace_id: incident.workspaceId,
      run_id: incident.runId,
      kind: incident.kind,
      message: incident.message.slice(0, 2_000),
      detail: JSON.stringify(incident.detail ?? {}),
    })
    .onConflict((conflict) => conflict.columns(['workspace_id', 'run_id', 'kind']).where(isOpen).doNothing())
    .execute();
}

/** Marks an open incident as dealt with. @returns its run, null where it concerns none; undefined where it is not open */
export async function resolveIncident(
  tx: Tx,
  incident: { workspaceId: string; id: string },
): Promise<{ runId: string | null } | undefined> {
  const row = await kysely(tx)
    .updateTable('incident')
    .set({ state: 'resolved', resolved_at: sql`now()`, rev: sql`rev + 1` })
    .where('workspace_id', '=', incident.workspaceId)
    .where('id', '=', incident.id)
    .where('state', '=', 'open')
    .returning('run_id')
    .executeTakeFirst();
  return row && { runId: row.run_id };
}
