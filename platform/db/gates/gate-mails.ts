import { sql } from 'kysely';
import { hasCome } from '../core/instants.ts';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import type { Tx } from '../core/workspace.ts';
import { holdRun } from '../runs/runs.ts';

/** A gate whose assignees are to be mailed. */
export type GateToMail = { workspaceId: string; gateId: string };

/** A pass that dies or is turned away is made again after this. */
const retrySeconds = 30;
/** Mails about gates that one member gets within an hour; a member with more works from the Inbox, not from mails. */
const maxMailsAnHour = 30;

/** Takes gates whose mails are due, and puts each off, so that a pass that dies is made again. `db` is the system role's. */
export async function takeGatesToMail(db: Db, limit: number): Promise<GateToMail[]> {
  const { rows } = await sql<GateToMail>`
    update gate set mail_at = now() + make_interval(secs => ${retrySeconds})
    where (workspace_id, id) in (select workspace_id, id from gate where ${hasCome('mail_at', retrySeconds)} order by mail_at limit ${limit} for update skip locked)
    returning workspace_id as "workspaceId", id as "gateId"`.execute(kysely(db));
  return rows;
}

/** Notes that everyone who may decide the gate has been mailed. */
export async function finishGateMails(tx: Tx, gate: GateToMail): Promise<void> {
  await kysely(tx)
    .updateTable('gate')
    .set({ mail_at: null })
    .where('workspace_id', '=', gate.workspaceId)
    .where('id', '=', gate.gateId)
    .execute();
}

/** Leaves out what waits for another try of the mails about a gate and is to none of these members: who may not decide it any more. */
export async function leaveOutGateMails(
  tx: Tx,
  { workspaceId, gateId, runId }: GateToMail & { runId: string },
  members: readonly string[],
): Promise<void> {
  await holdRun(tx, workspaceId, runId);
  const error = { code: 'effect.suppressed', message: 'the member may not decide it any more' };
  await sql`
    update effect set state = 'suppressed', error = ${JSON.stringify(error)}::jsonb, settled_at = now(), rev = rev + 1
    where workspace_id = ${workspaceId} and run_id = ${runId} and state = 'deferred' and request ->> 'gate' = ${gateId}
      and request ->> 'member' <> all(${members}::text[])`.execute(kysely(tx));
}

/** Whether a member had as many mails about gates within an hour as one can bear. */
export async function isMailedOut(tx: Tx, member: { workspaceId: string; memberId: string }): Promise<boolean> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from gate_link where workspace_id = ${member.workspaceId} and member_id = ${member.memberId}
      and made_at > now() - interval '1 hour'`.execute(kysely(tx));
  return (rows[0]?.count ?? 0) >= maxMailsAnHour;
}
