import { ApplicationFailure } from '@temporalio/activity';
import { actions } from '../../contracts/core/actions.ts';
import type { CallOutcome } from '../../contracts/core/effects.ts';
import type { ActionInput } from '../../contracts/core/engine.ts';
import { LATE_REPLY, type JsonObject } from '../../contracts/core/machine.ts';
import { isBadValue, outlastOutage } from '../../platform/db/core/failures.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import { inWorkspace, type Tx } from '../../platform/db/core/workspace.ts';
import { type Answering, answerEffects } from '../../platform/db/ledger/answer-effects.ts';
import { type HandingOff, handOffEffects } from '../../platform/db/ledger/hand-off-effects.ts';
import {
  type EffectRow,
  renewLease,
  returnClaim,
  settleEffect,
  type Settlement,
  suppressedFor,
} from '../../platform/db/runs/effects.ts';
import { sendToRun } from '../../platform/db/runs/runs.ts';
import { currentAttempt } from './attempt.ts';
import {
  answering,
  type AnyDeclaration,
  claimActions,
  type Claimed,
  type Claiming,
  type EffectDeclaration,
  type EffectName,
  type GatheredDeclaration,
  minimumRetryMs,
  rejected,
  standsBehindTurn,
} from './claim-actions.ts';
import { Gatherer } from './gatherer.ts';
import { actionOfKey } from './load-action.ts';
import { afterOwnAttempt, whileAlive } from './own-attempts.ts';

/** By what effects are claimed, handed over and settled. */
type Ledger<P> = {
  claim(claiming: Claiming): Promise<Claimed<P>>;
  fence(effect: EffectRow, input: ActionInput): Promise<boolean>;
  settle(settling: Settled): Promise<void>;
};

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
  const { workspaceId } = input;
  const one = <T>([only]: readonly T[]): T => only as T;
  return runBy(db, input, declaration, {
    claim: async (claiming) => one(await claimTogether(db, declaration, workspaceId, [claiming])),
    fence: async (effect, { key }) =>
      one(await handOffEffects(db, workspaceId, [{ effect, action: actionOfKey(key).id }])),
    settle: async (settled) => one(await settleTogether(db, workspaceId, [settled])),
  });
}

/** As `runEffect`, for an action of which many are done at once: those that come together are claimed, handed over and settled together. */
export function effectsTogether<N extends EffectName, P, Facts = unknown>(
  db: Db,
  declaration: GatheredDeclaration<N, P, Facts>,
): (input: ActionInput) => Promise<void> {
  const claims = new Gatherer((workspaceId, all: readonly Claiming[]) =>
    claimTogether(db, declaration, workspaceId, all),
  );
  const fences = new Gatherer((workspaceId, all: readonly HandingOff[]) => handOffEffects(db, workspaceId, all));
  const settlements = new Gatherer((workspaceId, all: readonly Settled[]) => settleTogether(db, workspaceId, all));
  return (input) =>
    runBy(db, input, declaration, {
      claim: (claiming) => claims.ask(input.workspaceId, claiming),
      fence: (effect, { key }) => fences.ask(input.workspaceId, { effect, action: actionOfKey(key).id }),
      settle: (settled) => settlements.ask(input.workspaceId, settled),
    });
}

function claimTogether<N extends EffectName, P, Facts>(
  db: Db,
  declaration: AnyDeclaration<N, P, Facts>,
  workspaceId: string,
  all: readonly Claiming[],
): Promise<Claimed<P>[]> {
  return inWorkspace(db, workspaceId, (tx) => claimActions(tx, declaration, all));
}

function runBy<N extends EffectName, P, Facts>(
  db: Db,
  input: ActionInput,
  declaration: AnyDeclaration<N, P, Facts>,
  ledger: Ledger<P>,
): Promise<void> {
  const { workspaceId, runId, key } = input;
  const limitMs = actions[declaration.action].startToCloseMs;
  return afterOwnAttempt(db, { key: `${workspaceId}/${runId}/${key}`, limitMs }, async () => {
    let isTrying = false;
    // Asked again where the claim is made anew, as another's has failed.
    const mayTry = (): boolean => (isTrying ||= takeTrial());
    try {
      const claimed = await ledger.claim({ input, mayTry });
      if (claimed instanceof ApplicationFailure) throw claimed;
      if (claimed) await carryOut(db, input, declaration, { ...claimed, ledger });
    } finally {
      if (isTrying) isTrialFree = true;
    }
  });
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
  declaration: AnyDeclaration<N, P, Facts>,
  { effect, prepared, ledger }: { effect: EffectRow; prepared: P; ledger: Ledger<P> },
): Promise<void> {
  const fence = (): Promise<boolean> => ledger.fence(effect, input);
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
  await settleOutcome({ db, input, effect, record, settle: (settled) => ledger.settle(settled) }, outcome);
}

function signalOf(action: EffectName): AbortSignal {
  return actions[action].mode.onExit === 'breakOff' ? currentAttempt().signal : new AbortController().signal;
}

/** A claimed effect whose call has come back. */
type Settling = {
  db: Db;
  input: ActionInput;
  effect: EffectRow;
  /** Writes what else belongs to a call that was done. */
  record(tx: Tx): Promise<void>;
  settle(settled: Settled): Promise<void>;
};

/** How it ended, for its run. */
type Settled = { input: ActionInput; answering: Answering; record(tx: Tx): Promise<void> };

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

async function conclude({ db, input, effect, record, settle }: Settling, final: Settlement): Promise<void> {
  const settled = { input, answering: answering(input, effect, final), record };
  try {
    await outlastOutage(currentAttempt().signal, () => settle(settled));
  } catch (error) {
    // What an answer holds that cannot be stored, the next one may hold too: asked again without end, each would be paid.
    if (effect.mode !== 'repeatable' || !isBadValue(error)) throw error;
    const unstorable = { code: 'effect.unstorable', message: 'The answer cannot be stored' };
    await write(db, effect, { state: 'rejected', error: unstorable, costMicros: final.costMicros ?? 0 });
    throw rejected(unstorable);
  }
}

/** Settles effects of one workspace, with what else belongs to each. */
function settleTogether(db: Db, workspaceId: string, all: readonly Settled[]): Promise<undefined[]> {
  return inWorkspace(db, workspaceId, async (tx) => {
    const answered = await answerEffects(
      tx,
      workspaceId,
      all.map((settled) => settled.answering),
    );
    for (const [at, { input, answering: of, record }] of all.entries()) {
      const own = answered[at];
      if (!own || of.settlement.state !== 'done') continue;
      await record(tx);
      // The run has received that nobody knows, from the attempt that took the lease over.
      if (!own.isFirst) await sendLateReply(tx, input, of.effect);
    }
    return all.map(() => undefined);
  });
}

function sendLateReply(tx: Tx, { workspaceId, runId, key }: ActionInput, { step, visit }: EffectRow): Promise<boolean> {
  return sendToRun(tx, { workspaceId, runId, kind: LATE_REPLY, ref: key, payload: { step, visit } });
}

async function write(db: Db, effect: EffectRow, final: Settlement): Promise<void> {
  await outlastOutage(currentAttempt().signal, () =>
    inWorkspace(db, effect.workspace_id, (tx) => settleEffect(tx, effect, final)),
  );
}
