import { sql } from 'kysely';
import type { JsonObject } from '../../../contracts/core/machine.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** What a journey run is about. `contact` has the attributes with `externalId`, `email` and, where known, `timeZone`. */
export type JourneyRunFacts = {
  versionId: string;
  sha256: string;
  entry: JsonObject;
  contact: JsonObject;
  workspaceZone: string;
};

/** The facts of a run as they are now; an erased contact is an empty one. @throws Error when the run is no journey's */
export async function loadJourneyRun(tx: Tx, workspaceId: string, runId: string): Promise<JourneyRunFacts> {
  const { rows } = await sql<JourneyRunFacts>`
    select jr.version_id as "versionId", v.sha256, jr.entry, w.zone as "workspaceZone",
      coalesce(c.attributes, '{}') || jsonb_strip_nulls(jsonb_build_object('externalId', c.external_id, 'email', c.email, 'timeZone', c.zone)) as contact
    from journey_run jr
    join journey_version v on v.workspace_id = jr.workspace_id and v.id = jr.version_id
    join workspace w on w.id = jr.workspace_id
    left join contact c on c.workspace_id = jr.workspace_id and c.id = jr.contact_id
    where jr.workspace_id = ${workspaceId} and jr.run_id = ${runId}`.execute(kysely(tx));
  const facts = rows[0];
  if (!facts) throw new Error(`Run ${runId} is no journey run`);
  return facts;
}

/** The definition of a version; it never changes, so callers keep it under its hash. */
export async function loadDefinition(tx: Tx, workspaceId: string, versionId: string): Promise<JsonObject> {
  const row = await kysely(tx)
    .selectFrom('journey_version')
    .select('definition')
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', versionId)
    .executeTakeFirstOrThrow();
  return row.definition as JsonObject;
}
