import { sql } from 'kysely';
import type { HashedAddress } from '../contacts/suppression.ts';
import { kysely } from '../core/kysely.ts';
import type { Reading } from '../core/readings.ts';
import type { Tx } from '../core/workspace.ts';

/** The version of a journey that lets each person in once, and whom it has let in. */
export type EnteredOnce = { versionId: string; contactId: string };

/** By which such version a run was begun; null for any other run. */
export function enteredOnce(run: { workspaceId: string; runId: string }): Reading<EnteredOnce | null> {
  return {
    query: sql`
      select v.id as "versionId", r.contact_id as "contactId" from journey_run r
      join journey_version v on v.workspace_id = r.workspace_id and v.id = r.version_id
      where r.workspace_id = ${run.workspaceId} and r.run_id = ${run.runId} and v.definition ->> 'reentry' = 'once'`,
    from: ([row]) => (row as EnteredOnce | undefined) ?? null,
  };
}

/**
 * Takes an address for the mails that a run sends from one step. A version of a journey that is entered `once` mails an address from a step for
 * one contact alone, so that contacts that share the address get its mail once; in other journeys each run has its own reason to write, as
 * another run of the same contact has, after one that failed. An address whose run sent nothing from the step, since it was refused or left
 * out, is free again. Called again by the same run it gives the same.
 * @returns whether the run may mail the address
 */
export async function takeAddress(
  tx: Tx,
  run: { id: string; step: string; entered: EnteredOnce | null },
  address: HashedAddress,
): Promise<boolean> {
  const { workspaceId, hash, hashes } = address;
  if (!run.entered) return true;
  const { versionId, contactId } = run.entered;
  await sql`
    insert into mailed_address (workspace_id, version_id, step, address_hash, run_id)
    values (${workspaceId}, ${versionId}, ${run.step}, ${hash}, ${run.id})
    on conflict (workspace_id, version_id, step, address_hash) do update set run_id = mailed_address.run_id`.execute(
    kysely(tx),
  );
  // Only a statement that begins once the row is locked sees what a run that claimed it at the same instant has written.
  await sql`update mailed_address set run_id = ${run.id} where workspace_id = ${workspaceId} and version_id = ${versionId}
    and step = ${run.step} and address_hash = ${hash} and run_id <> ${run.id} and not ${hasMailed(workspaceId, run.step)}`.execute(
    kysely(tx),
  );
  const taken = await sql`
    select from mailed_address where workspace_id = ${workspaceId} and version_id = ${versionId} and step = ${run.step}
      and address_hash = any(${hashes}::text[]) and ${hasMailed(workspaceId, run.step)} and exists (
        select from journey_run r where r.workspace_id = ${workspaceId} and r.run_id = mailed_address.run_id and r.contact_id <> ${contactId} offset 0)`.execute(
    kysely(tx),
  );
  return taken.rows.length === 0;
}

/** Whether the run of the row has a mail from the step that was sent or may be yet; asked of the one row, and never of all mails of the step. */
function hasMailed(workspaceId: string, step: string) {
  return sql`exists (select from effect e where e.workspace_id = ${workspaceId} and e.run_id = mailed_address.run_id
    and e.step = ${step} and e.kind = 'email' and e.state not in ('suppressed', 'rejected') offset 0)`;
}
