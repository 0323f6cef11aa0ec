import { sql } from 'kysely';
import type { JsonObject } from '../../contracts/machine.ts';
import type { Db } from './pool.ts';
import type { Tx } from './workspace.ts';

/** Something that a person must look at. `runId` null: it concerns the workspace. */
export type NewIncident = {
  workspaceId: string;
  runId: string | null;
  kind: string;
  message: string;
  detail?: JsonObject;
};

/** Opens an incident unless one of that kind is open for the run. Works in a workspace's transaction and for the system role. */
export async function openIncident(db: Tx | Db, incident: NewIncident): Promise<void> {
  await db
    .insertInto('incident')
    .values({
      workspace_id: incident.workspaceId,
      run_id: incident.runId,
      kind: incident.kind,
      message: incident.message.slice(0, 2_000),
      detail: JSON.stringify(incident.detail ?? {}),
    })
    .onConflict((conflict) =>
      conflict.columns(['workspace_id', 'run_id', 'kind']).where('state', '=', 'open').doNothing(),
    )
    .execute();
}

/** Resolves the run's open incidents of a kind. */
export async function resolveIncidents(
  db: Tx | Db,
  of: { workspaceId: string; runId: string; kind: string },
): Promise<void> {
  await db
    .updateTable('incident')
    .set({ state: 'resolved', resolved_at: sql`now()`, rev: sql`rev + 1` })
    .where('workspace_id', '=', of.workspaceId)
    .where('run_id', '=', of.runId)
    .where('kind', '=', of.kind)
    .where('state', '=', 'open')
    .execute();
}
