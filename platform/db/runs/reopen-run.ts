import { sql } from 'kysely';
import type { JsonObject, RepairKind } from '../../../contracts/core/machine.ts';
import { ACTION_DONE } from '../../../contracts/core/recorded-names.ts';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import { passEnded } from '../core/retention.ts';
import type { Tx } from '../core/workspace.ts';
import type { EffectRow } from './effects.ts';
import { sendToRun } from './runs.ts';
import type { RunRow } from './turns.ts';

/**
 * Takes back the end of a run, so that it receives what is put into its mailbox next: its wake-up begins a new execution, which goes on from
 * the last turn. A run that was terminated stays so, unless that is asked for, and one whose state was erased has none to go on from.
 * @returns whether it is live now
 */
export async function reopenRun(
  tx: Tx,
  run: { workspaceId: string; runId: string; alsoTerminated?: true },
): Promise<boolean> {
  const own = sql`workspace_id = ${run.workspaceId} and id = ${run.runId}`;
  // A turn that ends it has not read what is being put into the mailbox: it is waited for.
  await sql`select from run where ${own} for no key update`.execute(kysely(tx));
  await sql`update run set ended_at = null, outcome = null, reason = null, status = 'waiting', updated_at = now(), rev = rev + 1
    where ${own} and ended_at is not null and (status <> 'terminated' or ${run.alsoTerminated === true}) and exists (
      select 1 from run_turn t where t.workspace_id = run.workspace_id and t.run_id = run.id and t.turn = run.turn)`.execute(
    kysely(tx),
  );
  const { rows } = await sql<{ live: boolean }>`select ended_at is null as live from run where ${own}`.execute(
    kysely(tx),
  );
  return rows[0]?.live ?? false;
}

/**
 * Takes up a locked run that failed or was terminated, in the caller's transaction: it is live again, its mailbox has the message and the
 * outbox the wake-up. What the turn in which it failed received is unread again: what came with the failure was received by nobody, and a
 * machine ignores what it has had. What a terminated run was about to do outside is still to be done.
 * @returns false where its state is not kept any more
 */
export async function takeUpRun(
  tx: Tx,
  run: RunRow,
  message: { kind: RepairKind; ref: string; payload: JsonObject },
): Promise<boolean> {
  const of = { workspaceId: run.workspace_id, runId: run.id };
  if (!(await reopenRun(tx, { ...of, alsoTerminated: true }))) return false;
  if (run.status === 'failed')
    await sql`update run_inbox set consumed_turn = null where workspace_id = ${run.workspace_id} and run_id = ${run.id}
      and consumed_turn = ${run.turn} and kind in ('event', 'gate', 'failed', ${ACTION_DONE})`.execute(kysely(tx));
  else await reviveEffects(tx, run);
  return sendToRun(tx, { ...of, ...message });
}

/**
 * The line of the timeline of the step that ended a run, which its last state names, or its reason where code of before stored that; undefined where
 * no step did. A step that failed and had a branch for it ended nothing.
 */
export async function failedStep(
  tx: Tx,
  run: Pick<RunRow, 'workspace_id' | 'id' | 'turn' | 'reason'>,
): Promise<{ step: string; visit: number; kind: string; title: string } | undefined> {
  return kysely(tx)
    .selectFrom('step')
    .select(['step', 'visit', 'kind', 'title'])
    .where('workspace_id', '=', run.workspace_id)
    .where('run_id', '=', run.id)
    .where('status', '=', 'failed')
    .where(
      sql<boolean>`coalesce(step.step = (select t.state #>> '{end,failure,step}' from run_turn t
        where t.workspace_id = step.workspace_id and t.run_id = step.run_id and t.turn = ${run.turn}), starts_with(${run.reason ?? ''}, title || ':'))`,
    )
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/**
 * The effects of a visit that may have been done, though the step failed: done, handed over without a known end, or said by a person to
 * have happened. Questions to a model are not among them: they harm nobody when they are asked once more.
 */
export function effectsThatMayHaveHappened(
  tx: Tx,
  run: { workspace_id: string; id: string },
  { step, visit }: { step: string; visit: number },
): Promise<EffectRow[]> {
  return kysely(tx)
    .selectFrom('effect')
    .selectAll()
    .where('workspace_id', '=', run.workspace_id)
    .where('run_id', '=', run.id)
    .where('step', '=', step)
    .where('visit', '=', visit)
    .where('mode', '<>', 'repeatable')
    .where(
      sql<boolean>`(state in ('handedOff', 'unknown', 'done') or (state = 'resolved' and (resolution ->> 'happened')::boolean))`,
    )
    .orderBy('id')
    .execute();
}

/** Longer than an attempt may hold an effect after its run has ended: by then its sender has said how it ended, or is gone. */
const settling = sql`interval '15 minutes'`;

const runEnded = { code: 'effect.suppressed', message: 'the run has ended' };

/** Takes back that effects were left out because their run had ended, for one that goes on: they have not left, and are claimed again. */
async function reviveEffects(tx: Tx, run: { workspace_id: string; id: string }): Promise<void> {
  await sql`update effect set state = 'deferred', error = null, settled_at = null, rev = rev + 1
    where workspace_id = ${run.workspace_id} and run_id = ${run.id} and state = 'suppressed'
      and error @> ${JSON.stringify(runEnded)}::jsonb`.execute(kysely(tx));
}

/**
 * Ends the effects that a run left open when it ended, for instance because their worker died and Temporal tries the activity of an ended
 * workflow no more. What had not left is `suppressed`; whether what was handed over has arrived is `unknown`, until its sender says so or a
 * person does. The effects of a failed run stay as they are: it can be taken up where it failed. `db` is the system role's.
 * @returns how many ended runs it went through
 */
export async function endAbandonedEffects(db: Db): Promise<number> {
  return passEnded(
    db,
    'effects_ended',
    sql`status <> 'failed' and ended_at < now() - ${settling}`,
    sql`update effect e set
      state = case when e.state = 'handedOff' then 'unknown' else 'suppressed' end,
      error = case when e.state = 'handedOff'
        then '{"code": "effect.noReply", "message": "the run ended before the reply"}'::jsonb
        else ${JSON.stringify(runEnded)}::jsonb end,
      settled_at = now(), rev = e.rev + 1
      from past where e.workspace_id = past.workspace_id and e.run_id = past.id
        and e.state in ('planned', 'claimed', 'handedOff', 'deferred')`,
  );
}
