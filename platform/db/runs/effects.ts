import { type Selectable, sql } from 'kysely';
import type { JsonObject } from '../../../contracts/core/machine.ts';
import type { EffectKind, EffectMode } from '../../../contracts/core/effects.ts';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import type { Database } from '../tables/tables.ts';
import { isToStop } from './turns.ts';
import { inWorkspace, type Tx } from '../core/workspace.ts';
import { endingWithContact, holdRun } from './runs.ts';

/** An effect's row. */
export type EffectRow = Selectable<Database['effect']>;

/** One outside effect to be done. `key` is unique in its workspace and stable across retries, successors and resets. */
export type EffectPlan = {
  workspaceId: string;
  key: string;
  runId: string;
  step: string;
  visit: number;
  generation: number;
  kind: EffectKind;
  mode: EffectMode;
  request: JsonObject;
};

/** How long a handed-off effect belongs to its holder: longer than the longest call to a provider, a mail's 45 s. */
export const leaseSeconds = 50;
/** When a lease ends that begins now. */
export const leaseEnd = sql<Date>`now() + make_interval(secs => ${leaseSeconds})`;
/** The states of an effect that was done, or may have been. */
export const mayHaveHappened: readonly string[] = ['handedOff', 'unknown', 'done', 'resolved'];

/**
 * Gives a claim back whose attempt ended by an exception, or at the fence, before anything was handed over: the worker lives.
 * @returns whether the attempt still had it
 */
export async function returnClaim(db: Db, effect: EffectRow): Promise<boolean> {
  const returned = await inWorkspace(db, effect.workspace_id, (tx) =>
    kysely(tx)
      .updateTable('effect')
      .set({ state: 'deferred', rev: sql`rev + 1` })
      .where('workspace_id', '=', effect.workspace_id)
      .where('id', '=', effect.id)
      .where('attempt', '=', effect.attempt)
      .where('state', '=', 'claimed')
      .executeTakeFirst(),
  );
  return returned.numUpdatedRows > 0n;
}

/** Keeps an effect that its holder is still at. */
export async function renewLease(db: Db, effect: EffectRow): Promise<void> {
  await inWorkspace(db, effect.workspace_id, (tx) =>
    kysely(tx)
      .updateTable('effect')
      .set({ lease_until: leaseEnd })
      .where('workspace_id', '=', effect.workspace_id)
      .where('id', '=', effect.id)
      .where('attempt', '=', effect.attempt)
      .where('state', 'in', ['claimed', 'handedOff'])
      .execute(),
  );
}

/** Stores the bytes of a message with its first claim; later claims send the same ones. */
export async function freezeEffect(tx: Tx, effect: EffectRow, bytes: Buffer): Promise<Buffer> {
  if (effect.frozen) return effect.frozen;
  await kysely(tx)
    .updateTable('effect')
    .set({ frozen: bytes })
    .where('workspace_id', '=', effect.workspace_id)
    .where('id', '=', effect.id)
    .execute();
  return bytes;
}

/**
 * Whether what belongs to the run in `generation` may be done: `later` while what may end the run waits unread, which only its next turn knows;
 * `never` once it is over or was rewound. Holds the run, so that what follows in the transaction is there when its contact is erased.
 */
export async function mayAct(
  tx: Tx,
  { workspaceId, runId, generation }: { workspaceId: string; runId: string; generation: number },
): Promise<'now' | 'later' | 'never'> {
  await holdRun(tx, workspaceId, runId);
  const { rows } = await sql<{ isLive: boolean; isToStop: boolean }>`
    select exists (select 1 from run where workspace_id = ${workspaceId} and id = ${runId} and ended_at is null and generation = ${generation}) as "isLive",
      ${isToStop(workspaceId, runId)} as "isToStop"`.execute(kysely(tx));
  const [run] = rows;
  if (!run?.isLive) return 'never';
  return run.isToStop ? 'later' : 'now';
}

/** How an effect ended, or that it must be tried again. */
export type Settlement = {
  state: 'done' | 'rejected' | 'deferred' | 'unknown' | 'suppressed';
  result?: JsonObject;
  error?: { code: string; message: string };
  costMicros?: number;
};

/** That an effect was not done, and why. */
export function suppressedFor(reason: string): Settlement {
  return { state: 'suppressed', error: { code: 'effect.suppressed', message: reason } };
}

/**
 * Writes what became of the effect. Only the attempt that holds it may; a holder that was thought lost may still turn
 * `unknown` into what really happened. Where the contact was erased meanwhile, how the call ended and what it cost is written, and nothing
 * that it brought.
 * @returns whether its run may receive the outcome
 */
export async function settleEffect(tx: Tx, effect: EffectRow, settlement: Settlement): Promise<boolean> {
  await holdRun(tx, effect.workspace_id, effect.run_id);
  const isErased = await lostItsContact(tx, effect);
  const { state, result, error, costMicros = 0 } = isErased ? withoutContents(settlement) : settlement;
  const written = await kysely(tx)
    .updateTable('effect')
    .set({
      state,
      result: result ? JSON.stringify(result) : null,
      error: error ? JSON.stringify(error) : null,
      cost_micros: sql`cost_micros + ${costMicros}`,
      settled_at: state === 'deferred' ? null : sql`now()`,
      rev: sql`rev + 1`,
    })
    .where('workspace_id', '=', effect.workspace_id)
    .where('id', '=', effect.id)
    // The erasure counts as an attempt, so that code of before writes nothing: platform/db/tables/effects.ts.
    .where('attempt', '=', isErased ? effect.attempt + 1 : effect.attempt)
    .where('state', 'in', isErased ? ['suppressed', 'unknown'] : ['claimed', 'handedOff', 'unknown'])
    .executeTakeFirst();
  return written.numUpdatedRows > 0n && !isErased;
}

/** Whether the effect's run ended by the erasure of its contact, or had ended before it. */
async function lostItsContact(tx: Tx, { workspace_id: workspaceId, run_id: runId }: EffectRow): Promise<boolean> {
  const { rows } = await sql`
    select from run where workspace_id = ${workspaceId} and id = ${runId} and ${withoutContact}`.execute(kysely(tx));
  return rows.length > 0;
}

/** The condition that a run's contact is gone, with which it ended or which came after its end. */
export const withoutContact = sql`(contact_id is not null and kind = any(${endingWithContact})
  and not exists (select from contact where workspace_id = run.workspace_id and id = run.contact_id))`;

/** An error's words may be of the person; what waits for another attempt gets none. */
function withoutContents({ state, costMicros = 0 }: Settlement): Settlement {
  return { state: state === 'deferred' ? 'suppressed' : state, costMicros };
}

/** Writes what a person said at a gate about the effects of a step that were `unknown`: whether they happened. */
export async function resolveUnknown(
  tx: Tx,
  run: { workspace_id: string; id: string },
  said: { step: string; visit: number; happened: boolean },
): Promise<void> {
  const { step, visit, happened } = said;
  const resolution = { happened, reason: 'Said at the gate', by: 'a person', at: new Date().toISOString() };
  await kysely(tx)
    .updateTable('effect')
    .set({ state: 'resolved', resolution: JSON.stringify(resolution), rev: sql`rev + 1` })
    .where('workspace_id', '=', run.workspace_id)
    .where('run_id', '=', run.id)
    .where('step', '=', step)
    .where('visit', '=', visit)
    .where('state', '=', 'unknown')
    .execute();
}
