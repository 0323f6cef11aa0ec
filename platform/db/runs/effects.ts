import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { JsonObject } from '../../../contracts/core/machine.ts';
import type { EffectKind, EffectMode } from '../../../contracts/core/effects.ts';
import { hasCome } from '../core/instants.ts';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import type { Database } from '../tables/tables.ts';
import { openIncident } from './incidents.ts';
import { isToStop } from './turns.ts';
import { inWorkspace, type Tx } from '../core/workspace.ts';
import { endingWithContact, enqueueMessage, holdRun } from './runs.ts';

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

/** What a claim gives: the right to act as `attempt`, an effect that is over, or for how long a holder may still be at it. */
export type Claim =
  { kind: 'claimed'; effect: EffectRow } | { kind: 'settled'; effect: EffectRow } | { kind: 'held'; waitMs: number };

/** How long a handed-off effect belongs to its holder: longer than the longest call to a provider, a mail's 45 s. */
const leaseSeconds = 50;
/** When a lease ends that begins now. */
const leaseEnd = sql<Date>`now() + make_interval(secs => ${leaseSeconds})`;
/** What is left of a lease in milliseconds, by the clock that it was given by: those of workers differ. Null: it is over. */
const leaseLeft = sql<number | null>`case when not ${hasCome('lease_until', leaseSeconds)}
  then extract(epoch from lease_until - now())::float8 * 1000 end`;

/** An effect that so many workers died with is given up: something about it kills them. The outbox and the documents of a batch have the same. */
const maxDeaths = 3;
/** How long a suspect waits while another one is tried. */
const suspectPauseMs = 2_000;

/**
 * Claims an effect, which is planned and claimed at once at first. A claim that has not been handed off is taken over at once: the fence refuses its
 * old holder. One that was handed off is left to its holder until the lease ends; then a keyed effect is claimed again and an
 * at-most-once effect becomes `unknown`.
 *
 * A claim that its holder neither settled nor gave back is that of a worker that died or stands still. Of what it had in hand all are
 * suspects, and `mayTry` says whether one may be tried now, alone in its process, so that the one that kills is alone when it kills again.
 */
export async function claimEffect(tx: Tx, plan: EffectPlan, mayTry: () => boolean): Promise<Claim> {
  const key = await keyToClaim(tx, plan);
  const claimed = await kysely(tx)
    .insertInto('effect')
    .values({
      workspace_id: plan.workspaceId,
      key,
      run_id: plan.runId,
      step: plan.step,
      visit: plan.visit,
      generation: plan.generation,
      kind: plan.kind,
      mode: plan.mode,
      request: JSON.stringify(plan.request),
      state: 'claimed',
      attempt: 1,
      lease_until: leaseEnd,
    })
    .onConflict((conflict) => conflict.columns(['workspace_id', 'key']).doNothing())
    .returningAll()
    .executeTakeFirst();
  if (claimed) return { kind: 'claimed', effect: claimed };
  const effect = await kysely(tx)
    .selectFrom('effect')
    .selectAll()
    .select(leaseLeft.as('leaseMs'))
    .where('workspace_id', '=', plan.workspaceId)
    .where('key', '=', key)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();

  const deaths = effect.deaths + (effect.state === 'claimed' ? 1 : 0);
  switch (effect.state) {
    case 'planned':
    case 'deferred':
    case 'claimed':
      if (deaths >= maxDeaths) return { kind: 'settled', effect: await giveUp(tx, effect, deaths) };
      if (deaths > 0 && !mayTry()) return { kind: 'held', waitMs: suspectPauseMs };
      return { kind: 'claimed', effect: await takeClaim(tx, effect, plan, deaths) };
    case 'handedOff': {
      const waitMs = effect.leaseMs ?? 0;
      if (waitMs > 0) return { kind: 'held', waitMs };
      if (effect.mode !== 'atMostOnce') return { kind: 'claimed', effect: await takeClaim(tx, effect, plan, deaths) };
      return { kind: 'settled', effect: await becomeUnknown(tx, effect) };
    }
    default:
      return { kind: 'settled', effect };
  }
}

/**
 * The key of an effect: that of its plan, unless a rewind has led the run to it again. What was done then, or may have been, is not done again;
 * what was refused or left out is asked for once more under a key of its own, unless a later visit of its step has done it: nobody gets
 * anything twice because a run went back. A mail about a gate is another one in each round, and a rewind begins a round.
 */
async function keyToClaim(tx: Tx, plan: EffectPlan): Promise<string> {
  if (plan.generation === 0 || plan.mode === 'repeatable' || 'gate' in plan.request) return plan.key;
  const visits = await kysely(tx)
    .selectFrom('effect')
    .select(['key', 'visit', 'generation', 'state'])
    .where('workspace_id', '=', plan.workspaceId)
    .where('run_id', '=', plan.runId)
    .where('step', '=', plan.step)
    .where('kind', '=', plan.kind)
    .where('visit', '>=', plan.visit)
    .where(sql<boolean>`not request ? 'gate'`)
    .orderBy('id')
    .execute();
  const last = visits.findLast(({ key }) => key === plan.key || key.startsWith(`${plan.key}/g`));
  if (!last) return plan.key;
  const wasNotDone = last.generation < plan.generation && ['rejected', 'suppressed'].includes(last.state);
  const isDoneLater = visits.some(({ visit, state }) => visit > plan.visit && mayHaveHappened.includes(state));
  return wasNotDone && !isDoneLater ? `${plan.key}/g${plan.generation}` : last.key;
}

/** The states of an effect that was done, or may have been. */
export const mayHaveHappened: readonly string[] = ['handedOff', 'unknown', 'done', 'resolved'];

/** Gives an effect up that kills its workers, and says so to a person. */
async function giveUp(tx: Tx, effect: EffectRow, deaths: number): Promise<EffectRow> {
  const { workspace_id: workspaceId, run_id: runId, id, step } = effect;
  const message = `${deaths} workers died, or stood still, while they worked on the step ${step}`;
  await openIncident(tx, { workspaceId, runId, kind: 'effect.killer', message, detail: { effectId: id, step } });
  return kysely(tx)
    .updateTable('effect')
    .set({
      state: 'rejected',
      deaths,
      settled_at: sql`now()`,
      error: JSON.stringify({ code: 'effect.killer', message }),
      rev: sql`rev + 1`,
    })
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

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

/** After a rewind the effect is of the run as it is now, and where nothing has left, what is sent is, too. */
function takeClaim(tx: Tx, effect: EffectRow, plan: EffectPlan, deaths: number): Promise<EffectRow> {
  const { generation } = plan;
  const isAnew = generation !== effect.generation && effect.state !== 'handedOff';
  return kysely(tx)
    .updateTable('effect')
    .set({
      state: 'claimed',
      generation,
      ...(isAnew ? { request: JSON.stringify(plan.request), frozen: null } : {}),
      deaths,
      attempt: sql`attempt + 1`,
      lease_until: leaseEnd,
      rev: sql`rev + 1`,
    })
    .where('workspace_id', '=', effect.workspace_id)
    .where('id', '=', effect.id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

function becomeUnknown(tx: Tx, effect: EffectRow): Promise<EffectRow> {
  return kysely(tx)
    .updateTable('effect')
    .set({
      state: 'unknown',
      settled_at: sql`now()`,
      error: JSON.stringify({ code: 'effect.noReply', message: 'Handed over, and no reply was recorded' }),
      rev: sql`rev + 1`,
    })
    .where('workspace_id', '=', effect.workspace_id)
    .where('id', '=', effect.id)
    .returningAll()
    .executeTakeFirstOrThrow();
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
 * The fence: called at the instant the bytes leave. False means that another attempt owns the effect, the run is over or was
 * rewound, or an exit waits unread; then nothing may leave. Neither may what is done for an action, given by its id, that is not open any more.
 */
export async function handOffEffect(db: Db, effect: EffectRow, action?: string): Promise<boolean> {
  return inWorkspace(db, effect.workspace_id, async (tx) => {
    const result = await sql`
      update effect set state = 'handedOff', handed_off_at = now(), lease_until = ${leaseEnd}, rev = rev + 1
      where workspace_id = ${effect.workspace_id} and id = ${effect.id} and state = 'claimed' and attempt = ${effect.attempt}
        and ${isLive(effect.workspace_id, effect.run_id, effect.generation, action)}
        and not ${isToStop(effect.workspace_id, effect.run_id)}`.execute(kysely(tx));
    return (result.numAffectedRows ?? 0n) > 0n;
  });
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
    select ${isLive(workspaceId, runId, generation)} as "isLive", ${isToStop(workspaceId, runId)} as "isToStop"`.execute(
    kysely(tx),
  );
  const [run] = rows;
  if (!run?.isLive) return 'never';
  return run.isToStop ? 'later' : 'now';
}

function isLive(workspaceId: string, runId: string, generation: number, action?: string): RawBuilder<boolean> {
  const isOpen = action === undefined ? sql`true` : sql`open @> ${JSON.stringify([{ id: action }])}::jsonb`;
  return sql<boolean>`exists (select 1 from run where workspace_id = ${workspaceId} and id = ${runId} and ended_at is null
    and generation = ${generation} and ${isOpen})`;
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

/** What a run receives of an effect that is over. */
export type EffectAnswer = { kind: string; ref: string; payload: JsonObject };

/**
 * Writes what became of the effect, as `settleEffect` does, and puts it in the mailbox of its run. @returns null where the run may not receive
 * it, else whether this answer is the first of its action
 */
export async function answerEffect(
  tx: Tx,
  effect: EffectRow,
  settlement: Settlement,
  answer: EffectAnswer,
): Promise<{ isFirst: boolean } | null> {
  const { workspace_id: workspaceId, run_id: runId, id, attempt } = effect;
  const { state, result, error, costMicros = 0 } = settlement;
  // An erasure that is under way is waited for; it takes the attempt away, so that nothing is written here.
  const { rows } = await sql<{ isSettled: boolean; isFirst: boolean }>`
    with held as materialized (
      select from run where workspace_id = ${workspaceId} and id = ${runId} and not ${withoutContact} for key share
    ), settled as (
      update effect set state = ${state}, result = ${result ? JSON.stringify(result) : null}::jsonb,
        error = ${error ? JSON.stringify(error) : null}::jsonb, cost_micros = cost_micros + ${costMicros}, settled_at = now(), rev = rev + 1
      from held where workspace_id = ${workspaceId} and id = ${id} and attempt = ${attempt} and state in ('claimed', 'handedOff', 'unknown')
      returning 1
    ), noted as (
      insert into run_inbox (workspace_id, run_id, kind, ref, payload)
      select ${workspaceId}::uuid, ${runId}::uuid, ${answer.kind}, ${answer.ref}, ${JSON.stringify(answer.payload)}::jsonb from settled
      on conflict (workspace_id, run_id, kind, ref) do nothing
      returning 1
    )
    select exists (select from settled) as "isSettled", exists (select from noted) as "isFirst"`.execute(kysely(tx));
  const [written] = rows;
  if (written?.isSettled) return { isFirst: written.isFirst };
  // Another attempt owns the effect, or the contact was erased: then how it ended, and what it cost, is written all the same.
  if (!(await settleEffect(tx, effect, settlement))) return null;
  return { isFirst: await enqueueMessage(tx, { workspaceId, runId, ...answer }) };
}

/** Whether the effect's run ended by the erasure of its contact, or had ended before it. */
async function lostItsContact(tx: Tx, { workspace_id: workspaceId, run_id: runId }: EffectRow): Promise<boolean> {
  const { rows } = await sql`
    select from run where workspace_id = ${workspaceId} and id = ${runId} and ${withoutContact}`.execute(kysely(tx));
  return rows.length > 0;
}

/** The condition that a run's contact is gone, with which it ended or which came after its end. */
const withoutContact = sql`(contact_id is not null and kind = any(${endingWithContact})
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
