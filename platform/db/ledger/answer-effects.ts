import { sql } from 'kysely';
import type { JsonObject } from '../../../contracts/core/machine.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';
import { type EffectRow, settleEffect, type Settlement, withoutContact } from '../runs/effects.ts';
import { enqueueMessage } from '../runs/runs.ts';

/** An effect that is over: how it ended, and what its run receives. */
export type Answering = {
  effect: EffectRow;
  settlement: Settlement;
  answer: { kind: string; ref: string; payload: JsonObject };
};

/** What came of it: null where the run may not receive the answer, else whether it is the first of its action. */
export type Answered = { isFirst: boolean } | null;

/**
 * Writes what became of effects of one workspace, as `settleEffect` does, and puts it in the mailboxes of their runs.
 * @returns what came of each, in the order of `all`
 */
export async function answerEffects(tx: Tx, workspaceId: string, all: readonly Answering[]): Promise<Answered[]> {
  const sorted = all.toSorted((a, b) => (a.effect.id < b.effect.id ? -1 : 1));
  const of = <T>(value: (each: Answering) => T): T[] => sorted.map(value);
  const json = (value: JsonObject | undefined): string | null => (value === undefined ? null : JSON.stringify(value));
  // An erasure that is under way is waited for; it takes the attempt away, so that nothing is written here.
  const { rows } = await sql<{ at: number; isSettled: boolean; isFirst: boolean }>`
    with mine as materialized (
      select * from unnest(${of(({ effect }) => effect.id)}::uuid[], ${of(({ effect }) => effect.attempt)}::int[], ${of(({ effect }) => effect.run_id)}::uuid[],
        ${of(({ settlement }) => settlement.state)}::text[], ${of(({ settlement }) => json(settlement.result))}::text[],
        ${of(({ settlement }) => json(settlement.error))}::text[], ${of(({ settlement }) => settlement.costMicros ?? 0)}::bigint[],
        ${of(({ answer }) => answer.kind)}::text[], ${of(({ answer }) => answer.ref)}::text[], ${of(({ answer }) => json(answer.payload))}::text[])
        with ordinality as mine (id, attempt, run_id, state, result, error, cost, kind, ref, payload, at)
    ), held as materialized (
      select id from run where workspace_id = ${workspaceId} and id = any(${of(({ effect }) => effect.run_id)}::uuid[]) and not ${withoutContact}
      order by id for key share
    ), settled as (
      update effect set state = mine.state, result = mine.result::jsonb, error = mine.error::jsonb,
        cost_micros = effect.cost_micros + mine.cost, settled_at = now(), rev = effect.rev + 1
      from mine join held on held.id = mine.run_id
      where effect.workspace_id = ${workspaceId} and effect.id = mine.id and effect.attempt = mine.attempt
        and effect.state in ('claimed', 'handedOff', 'unknown')
      returning mine.at
    ), noted as (
      insert into run_inbox (workspace_id, run_id, kind, ref, payload)
      select ${workspaceId}::uuid, run_id, kind, ref, payload::jsonb from mine where at in (select at from settled) order by at
      on conflict (workspace_id, run_id, kind, ref) do nothing
      returning run_id, kind, ref
    )
    select at::int, at in (select at from settled) as "isSettled",
      exists (select from noted n where n.run_id = mine.run_id and n.kind = mine.kind and n.ref = mine.ref) as "isFirst" from mine`.execute(
    kysely(tx),
  );
  const written = new Map(rows.map(({ at, isSettled, isFirst }) => [sorted[at - 1], { isSettled, isFirst }]));
  const answered: Answered[] = [];
  for (const each of all) {
    const own = written.get(each);
    answered.push(own?.isSettled === true ? { isFirst: own.isFirst } : await settleOtherwise(tx, each));
  }
  return answered;
}

/** Another attempt owns the effect, or the contact was erased: then how it ended, and what it cost, is written all the same. */
async function settleOtherwise(tx: Tx, { effect, settlement, answer }: Answering): Promise<Answered> {
  if (!(await settleEffect(tx, effect, settlement))) return null;
  const { workspace_id: workspaceId, run_id: runId } = effect;
  return { isFirst: await enqueueMessage(tx, { workspaceId, runId, ...answer }) };
}
