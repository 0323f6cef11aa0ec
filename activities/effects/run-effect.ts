import { ApplicationFailure } from '@temporalio/activity';
import { actions, type ActionOfMode, type ActionOutput } from '../../contracts/core/actions.ts';
import type { CallOutcome, EffectMode } from '../../contracts/core/effects.ts';
import type { ActionInput } from '../../contracts/core/engine.ts';
import { failureTypes } from '../../contracts/core/failures.ts';
import { LATE_REPLY, type JsonObject } from '../../contracts/core/machine.ts';
import { ACTION_DONE } from '../../contracts/core/recorded-names.ts';
import {
  answerEffect,
  claimEffect,
  handOffEffect,
  renewLease,
  returnClaim,
  settleEffect,
  suppressedFor,
  type Claim,
  type EffectRow,
  type Settlement,
} from '../../platform/db/runs/effects.ts';
import { sendToRun } from '../../platform/db/runs/runs.ts';
import { isBadValue, outlastOutage } from '../../platform/db/core/failures.ts';
import { noFacts, type Reading } from '../../platform/db/core/readings.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import { inWorkspace, type Tx } from '../../platform/db/core/workspace.ts';
import { actionOfKey, enqueueResult, type LoadedAction, loadActionWith } from './load-action.ts';
import { currentAttempt } from './attempt.ts';
import { afterOwnAttempt, whileAlive } from './own-attempts.ts';

/** The actions that call an outside service. */
export type EffectName = ActionOfMode<'effect'>;

/** How one action makes its call; its record says what the call promises. `P` is what `prepare` found inside the claim's transaction. */
export type EffectDeclaration<N extends EffectName, P, Facts = unknown> = {
  action: N;
  /** What is read together with the action, before it is claimed. */
  facts?(input: ActionInput): Reading<Facts>;
  /** The last-moment checks (consent, suppression, caps) and everything the call needs, in the claim's transaction. */
  prepare(
    tx: Tx,
    open: LoadedAction<N, Facts>,
    effect: EffectRow,
  ): Promise<{ kind: 'ready'; prepared: P } | { kind: 'suppressed'; reason: string }>;
  /** The one call. An at-most-once call must pass `fence` before the bytes leave; others need not. */
  call(prepared: P, context: CallContext): Promise<CallOutcome<ActionOutput<N>>>;
  /** What else is written in the transaction that settles a call that was done. */
  record?(tx: Tx, prepared: P, result: ActionOutput<N>): Promise<void>;
};

/** What a call may use. `effect.key` is the idempotency key for keyed services; `signal` breaks the call off, where the action's record says so. */
export type CallContext = { effect: EffectRow; fence: () => Promise<boolean>; signal: AbortSignal };

/** The shortest pause before a retry, also where a service says "at once": a retry costs an attempt and a claim. */
const minimumRetryMs = 1_000;

/** The type of the failure of an attempt that a turn of the run has to come before. */
export const TURN_FIRST = 'TurnFirst';

/**
 * Runs one outside effect through the ledger: claims it with its checks, makes the call, and settles it with the result in
 * the run's mailbox, in one transaction. Called twice, the effect happens once, as far as its mode can promise.
 * @throws EffectRejected where the service refused for good; a retryable failure where it must be tried again
 */
export function runEffect<N extends EffectName, P, Facts = unknown>(
  db: Db,
  input: ActionInput,
  declaration: EffectDeclaration<N, P, Facts>,
): Promise<void> {
  const { workspaceId, runId, key } = input;
  const limitMs = actions[declaration.action].startToCloseMs;
  return afterOwnAttempt(db, { key: `${workspaceId}/${runId}/${key}`, limitMs }, () => attempt(db, input, declaration));
}

async function attempt<N extends EffectName, P, Facts>(
  db: Db,
  input: ActionInput,
  declaration: EffectDeclaration<N, P, Facts>,
): Promise<void> {
  let isTrying = false;
  const mayTry = (): boolean => (isTrying = takeTrial());
  try {
    const claimed = await inWorkspace(db, input.workspaceId, (tx) => claim(tx, input, declaration, mayTry));
    // What the claim has written about a refusal is committed before it is reported.
    if (claimed instanceof ApplicationFailure) throw claimed;
    if (claimed) await carryOut(db, input, declaration, claimed);
  } finally {
    if (isTrying) isTrialFree = true;
  }
}

/** Whether no suspect is tried in this process. */
let isTrialFree = true;

function takeTrial(): boolean {
  const isTaken = isTrialFree;
  isTrialFree = false;
  return isTaken;
}

async function carryOut<N extends EffectName, P, Facts>(
  db: Db,
  input: ActionInput,
  declaration: EffectDeclaration<N, P, Facts>,
  { effect, prepared }: Claimed<P>,
): Promise<void> {
  const fence = (): Promise<boolean> => handOffEffect(db, effect, actionOfKey(input.key).id);
  if (actions[declaration.action].mode.promise === 'keyed' && !(await fence())) return lookAnew(db, effect);
  const call = (): ReturnType<typeof declaration.call> =>
    declaration.call(prepared, { effect, fence, signal: signalOf(declaration.action) });
  const lease = { renew: () => renewLease(db, effect), limitMs: actions[declaration.action].startToCloseMs };
  const outcome = await whileAlive(call, lease).catch(async (error: unknown) => {
    // Where this fails too, the next attempt takes the worker for dead; that is no harm once.
    await returnClaim(db, effect).catch(() => undefined);
    throw error;
  });
  const record = async (tx: Tx): Promise<void> => {
    if (outcome.kind === 'done') await declaration.record?.(tx, prepared, outcome.result);
  };
  await settleOutcome({ db, input, effect, record }, outcome);
}

function signalOf(action: EffectName): AbortSignal {
  return actions[action].mode.onExit === 'breakOff' ? currentAttempt().signal : new AbortController().signal;
}

type Claimed<P> = { effect: EffectRow; prepared: P };

async function claim<N extends EffectName, P, Facts>(
  tx: Tx,
  input: ActionInput,
  declaration: EffectDeclaration<N, P, Facts>,
  mayTry: () => boolean,
): Promise<Claimed<P> | ApplicationFailure | null> {
  const { service, promise } = actions[declaration.action].mode;
  const facts = declaration.facts?.(input) ?? (noFacts as Reading<Facts>);
  const open = await loadActionWith(tx, declaration.action, input, facts);
  if (!open) return null;
  if (open.isToStop) throw standsBehindTurn();
  const plan = {
    ...input,
    key: effectKey(open, promise),
    step: open.action.step,
    visit: open.action.visit,
    generation: open.generation,
    kind: service,
    mode: promise,
    request: open.action.params,
  };
  const claimed = await claimEffect(tx, plan, mayTry);
  if (claimed.kind !== 'claimed') return answerSettled(tx, input, claimed);
  const prepared = await declaration.prepare(tx, open, claimed.effect);
  if (prepared.kind === 'ready') return { effect: claimed.effect, prepared: prepared.prepared };
  await settleEffect(tx, claimed.effect, suppressedFor(prepared.reason));
  await enqueueResult(tx, input, outputOf('suppressed', null, prepared.reason));
  return null;
}

/** `run / action [/ generation]`: a repeatable effect is asked for again after a rewind; every other one that was done keeps its key. */
function effectKey<N extends EffectName>({ run, action, generation }: LoadedAction<N>, promise: EffectMode): string {
  const key = `${run.id}/${action.id}`;
  return promise === 'repeatable' ? `${key}/g${generation}` : key;
}

async function answerSettled(
  tx: Tx,
  input: ActionInput,
  claimed: Exclude<Claim, { kind: 'claimed' }>,
): Promise<ApplicationFailure | null> {
  if (claimed.kind === 'held') {
    throw ApplicationFailure.create({
      message: 'Another attempt holds this effect',
      nextRetryDelay: Math.ceil(claimed.waitMs) + 100,
      category: 'BENIGN',
    });
  }
  const { effect } = claimed;
  if (effect.state === 'rejected') return rejected(effect.error as { code: string; message: string } | null);
  const reason = (effect.error as { message?: string } | null)?.message ?? '';
  await enqueueResult(tx, input, outputOf(effect.state, effect.result as JsonObject | null, reason));
  return null;
}

/** A claimed effect whose call has come back. */
type Settling = {
  db: Db;
  input: ActionInput;
  effect: EffectRow;
  /** Writes what else belongs to a call that was done. */
  record(tx: Tx): Promise<void>;
};

async function settleOutcome(settling: Settling, outcome: CallOutcome<JsonObject>): Promise<void> {
  const { db, effect } = settling;
  switch (outcome.kind) {
    case 'fenced':
      return lookAnew(db, effect);
    case 'done':
      return conclude(settling, {
        state: 'done',
        result: outcome.result,
        costMicros: outcome.costMicros ?? 0,
        ...(outcome.note === undefined ? {} : { error: outcome.note }),
      });
    case 'unknown':
      return conclude(settling, { state: 'unknown', error: outcome.error });
    case 'suppressed':
      return conclude(settling, suppressedFor(outcome.reason));
    case 'rejected':
      await write(db, effect, { state: 'rejected', error: outcome.error, costMicros: outcome.costMicros ?? 0 });
      throw rejected(outcome.error);
    case 'deferred':
      await write(db, effect, { state: 'deferred', error: outcome.error, costMicros: outcome.costMicros ?? 0 });
      throw ApplicationFailure.create({
        type: outcome.error.code,
        message: outcome.error.message,
        ...(outcome.retryAfterMs === undefined
          ? {}
          : { nextRetryDelay: Math.max(outcome.retryAfterMs, minimumRetryMs) }),
        category: 'BENIGN',
      });
  }
}

/**
 * Gives a claim back that was refused at the fence: that this worker was stopped is no death. The next attempt looks anew, and finds nothing open
 * where the run is over or no longer wants it; where another attempt has the effect, there is nothing to look for.
 */
async function lookAnew(db: Db, effect: EffectRow): Promise<void> {
  if (await returnClaim(db, effect)) throw standsBehindTurn();
}

/**
 * What may end the run waits unread, and only the turn that reads it knows whether it does. An attempt that ended well instead would be the last
 * one: its action stays open under the same key where the run goes on.
 */
function standsBehindTurn(): ApplicationFailure {
  return ApplicationFailure.create({
    type: TURN_FIRST,
    message: 'A turn of the run comes first',
    nextRetryDelay: minimumRetryMs,
    category: 'BENIGN',
  });
}

async function conclude({ db, input, effect, record }: Settling, final: Settlement): Promise<void> {
  const settle = (): Promise<void> =>
    inWorkspace(db, input.workspaceId, async (tx) => {
      const payload = outputOf(final.state, final.result ?? null, final.error?.message ?? '');
      const answered = await answerEffect(tx, effect, final, { kind: ACTION_DONE, ref: input.key, payload });
      if (answered && final.state === 'done') await record(tx);
      // The run has received that nobody knows, from the attempt that took the lease over.
      if (answered?.isFirst === false && final.state === 'done') await sendLateReply(tx, input, effect);
    });
  try {
    await outlastOutage(currentAttempt().signal, settle);
  } catch (error) {
    // What an answer holds that cannot be stored, the next one may hold too: asked again without end, each would be paid.
    if (effect.mode !== 'repeatable' || !isBadValue(error)) throw error;
    const unstorable = { code: 'effect.unstorable', message: 'The answer cannot be stored' };
    await write(db, effect, { state: 'rejected', error: unstorable, costMicros: final.costMicros ?? 0 });
    throw rejected(unstorable);
  }
}

function sendLateReply(tx: Tx, { workspaceId, runId, key }: ActionInput, { step, visit }: EffectRow): Promise<boolean> {
  return sendToRun(tx, { workspaceId, runId, kind: LATE_REPLY, ref: key, payload: { step, visit } });
}

/** What the machine receives: the result itself; that nothing was done, and why; or that the outcome is unknown. */
function outputOf(state: string, result: JsonObject | null, reason: string): JsonObject {
  if (state === 'suppressed') return { skipped: reason };
  return state === 'unknown' ? { unknown: true } : (result ?? {});
}

async function write(db: Db, effect: EffectRow, final: Settlement): Promise<void> {
  await outlastOutage(currentAttempt().signal, () =>
    inWorkspace(db, effect.workspace_id, (tx) => settleEffect(tx, effect, final)),
  );
}

function rejected(error: { code: string; message: string } | null): ApplicationFailure {
  return ApplicationFailure.nonRetryable(error?.message ?? 'Refused', failureTypes.effectRejected, {
    code: error?.code,
    message: error?.message,
  });
}
