import { sql, type RawBuilder } from 'kysely';
import type { ContactRow } from './contacts.ts';
import { forgetEffectBytes } from '../runs/effect-bytes.ts';
import { endingWithContact, forgetFaults, wakeRuns } from '../runs/runs.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';
import { tableRecords } from '../tables/tables.ts';

/** What the tables say of the rows that belong to such runs. */
const emptied = tableRecords.flatMap(([table, record]) => {
  if (record.subject !== 'contact' || typeof record.onErasure === 'string' || 'keep' in record.onErasure) return [];
  const { by, rows } = record.onErasure;
  return [[table, by, rows] as const];
});

/** What stands in the way of an erasure: runs that are about money or seats and must be ended by their own rules. */
export type ErasureObstacle = { runId: string; kind: string };

/** Runs of a locked contact that do not simply end with it: an enrollment is withdrawn first, also one whose run was ended without it. */
export async function obstaclesTo(tx: Tx, contact: ContactRow): Promise<ErasureObstacle[]> {
  const rows = await kysely(tx)
    .selectFrom('run')
    .select(['id', 'kind'])
    .where('workspace_id', '=', contact.workspace_id)
    .where('contact_id', '=', contact.id)
    .where('kind', 'not in', [...endingWithContact])
    .where((of) =>
      of.or([
        of('ended_at', 'is', null),
        of.exists(
          of
            .selectFrom('enrollment')
            .whereRef('enrollment.workspace_id', '=', 'run.workspace_id')
            .whereRef('enrollment.run_id', '=', 'run.id')
            .where('enrollment.ended_at', 'is', null),
        ),
      ]),
    )
    .limit(20)
    .execute();
  return rows.map((row) => ({ runId: row.id, kind: row.kind }));
}

/**
 * Erases a locked contact: ends at once its runs that end with it, empties as the tables say what all of its runs keep of it, also ended
 * enrollments (states, mailbox, timeline, mails, answers, gates), and deletes the row with its events and waits. What stays of them names no
 * one: that there was a run, when, how it ended, and keyed hashes of addresses that must not be written to. Ended enrollments stay as records
 * of money and certificates. The objects that hold mails go within moments: `removeLooseObjects`.
 *
 * The runs are locked `for update`, which waits for everyone that holds one (`holdRun`, or by writing a row that belongs to it) and lets nobody
 * hold one until the end: what an action under way adds to a run is there before anything is emptied, or is never written.
 */
export async function eraseContact(tx: Tx, contact: ContactRow): Promise<void> {
  const { workspace_id: workspaceId, id } = contact;
  const runs = await kysely(tx)
    .selectFrom('run')
    .select(['id', 'kind'])
    .where('workspace_id', '=', workspaceId)
    .where('contact_id', '=', id)
    .orderBy('id')
    .forUpdate()
    .execute();
  const ids = runs.filter((run) => endingWithContact.includes(run.kind)).map((run) => run.id);
  await wakeRuns(tx, workspaceId, ids);
  await forgetFaults(tx, workspaceId, ids);
  const theirs = runs.map((run) => run.id);
  const scope = sql`workspace_id = ${workspaceId} and run_id = any(${theirs}::uuid[])`;
  await sql`
    update run set status = 'exited', outcome = 'exited', reason = 'contact erased', ended_at = now(), updated_at = now(),
      current_step = null, waiting_for = null, next_due_at = null, open = '[]', rev = rev + 1
    where workspace_id = ${workspaceId} and id = any(${ids}::uuid[]) and ended_at is null`.execute(kysely(tx));
  await sql`update gate set status = 'withdrawn', rev = rev + 1 where ${scope} and status = 'open'`.execute(kysely(tx));
  for (const [table, by, rows] of emptied) {
    const which =
      by === 'run_id' ? scope : sql`workspace_id = ${workspaceId} and gate_id in (select id from gate where ${scope})`;
    await (
      rows === 'delete'
        ? sql`delete from ${sql.table(table)} where ${which}`
        : sql`update ${sql.table(table)} set ${assigned(rows)} where ${which}`
    ).execute(kysely(tx));
  }
  await forgetEffectBytes(tx, scope);
  await kysely(tx).deleteFrom('contact').where('workspace_id', '=', workspaceId).where('id', '=', id).execute();
}

function assigned(columns: Readonly<Record<string, string | undefined>>): RawBuilder<unknown> {
  return sql.join(
    Object.entries(columns).map(([column, value]) => sql`${sql.ref(column)} = ${sql.raw(value ?? 'null')}`),
  );
}
