import { sql } from 'kysely';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/**
 * Takes back the end of a run, so that it receives what is put into its mailbox next: its wake-up begins a new execution, which goes on from
 * the last turn. A run that was terminated stays so, and one whose state was erased has none to go on from.
 * @returns whether it is live now
 */
export async function reopenRun(tx: Tx, run: { workspaceId: string; runId: string }): Promise<boolean> {
  const own = sql`workspace_id = ${run.workspaceId} and id = ${run.runId}`;
  // A turn that ends it has not read what is being put into the mailbox: it is waited for.
  await sql`select from run where ${own} for no key update`.execute(kysely(tx));
  await sql`update run set ended_at = null, outcome = null, reason = null, status = 'waiting', updated_at = now(), rev = rev + 1
    where ${own} and ended_at is not null and status <> 'terminated' and exists (
      select 1 from run_turn t where t.workspace_id = run.workspace_id and t.run_id = run.id and t.turn = run.turn)`.execute(
    kysely(tx),
  );
  const { rows } = await sql<{ live: boolean }>`select ended_at is null as live from run where ${own}`.execute(
    kysely(tx),
  );
  return rows[0]?.live ?? false;
}
