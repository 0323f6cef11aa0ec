import { ApplicationFailure } from '@temporalio/activity';
import { actions, type ActionOfMode, type ActionOutput } from '../../contracts/core/actions.ts';
import type { CallOutcome, EffectMode } from '../../contracts/core/effects.ts';
import type { ActionInput } from '../../contracts/core/engine.ts';
import { failureTypes } from '../../contracts/core/failures.ts';
import type { JsonObject } from '../../contracts/core/machine.ts';
import { ACTION_DONE } from '../../contracts/core/recorded-names.ts';
import { noFacts, type Reading } from '../../platform/db/core/readings.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import { type Answering, answerEffects } from '../../platform/db/ledger/answer-effects.ts';
import { type Claim, claimEffects } from '../../platform/db/ledger/claim-effects.ts';
import { type EffectPlan, type EffectRow, type Settlement, suppressedFor } from '../../platform/db/runs/effects.ts';
import type { RunToAct } from '../../platform/db/runs/turns.ts';
import { enqueueResult, type LoadedAction, loadActions, noRun, runNotFound } from './load-action.ts';

/** The actions that call an outside service. */
export type EffectName = ActionOfMode<'effect'>;

/** What the last-moment checks (consent, suppression, caps) come to, and everything the call needs. */
export type Prepared<P> = { kind: 'ready'; prepared: P } | { kind: 'suppressed'; reason: string };

/** An action with its claimed effect. */
export type Opened<N extends EffectName, Facts> = { open: LoadedAction<N, Facts>; effect: EffectRow };

/** How one action makes its call; its record says what the call promises. `P` is what was prepared inside the claim's transaction. */
type Declared<N extends EffectName, P, Facts> = {
  action: N;
  /** What is read together with the action, before it is claimed. */
  facts?(run: RunToAct): Reading<Facts>;
  /** The one call. An at-most-once call must pass `fence` before the bytes leave; others need not. */
  call(prepared: P, context: CallContext): Promise<CallOutcome<ActionOutput<N>>>;
  /** What else is written in the transaction that settles a call that was done. */
  record?(tx: Tx, prepared: P, result: ActionOutput<N>): Promise<void>;
};

/** Of an action that is done by itself. */
export type EffectDeclaration<N extends EffectName, P, Facts = unknown> = Declared<N, P, Facts> & {
  /** Makes the last-moment checks in the claim's transaction. */
  prepare(tx: Tx, open: LoadedAction<N, Facts>, effect: EffectRow): Promise<Prepared<P>>;
};

/** Of an action of which many are done together. */
export type GatheredDeclaration<N extends EffectName, P, Facts = unknown> = Declared<N, P, Facts> & {
  /** Makes the last-moment checks of those of one workspace that come together in the claim's transaction, in their order. */
  prepareAll(tx: Tx, all: readonly Opened<N, Facts>[]): Promise<Prepared<P>[]>;
};

/** Either of them. */
export type AnyDeclaration<N extends EffectName, P, Facts> =
  EffectDeclaration<N, P, Facts> | GatheredDeclaration<N, P, Facts>;

/** What a call may use. `effect.key` is the idempotency key for keyed services; `signal` breaks the call off, where the action's record says so. */
export type CallContext = { effect: EffectRow; fence: () => Promise<boolean>; signal: AbortSignal };

/** An attempt that wants its effect; `mayTry` as in `claimEffects`. */
export type Claiming = { input: ActionInput; mayTry(): boolean };

/** What an attempt has claimed; why it must end; or null where there is nothing to do. What was written about a refusal is committed before it is thrown. */
export type Claimed<P> = { effect: EffectRow; prepared: P } | ApplicationFailure | null;

/** The shortest pause before a retry, also where a service says "at once": a retry costs an attempt and a claim. */
export const minimumRetryMs = 1_000;

/** The type of the failure of an attempt that a turn of the run has to come before. */
export const TURN_FIRST = 'TurnFirst';

/** Claims the effects of actions of one workspace with the checks of each. @returns what each attempt has, in the order of `all` */
export async function claimActions<N extends EffectName, P, Facts>(
  tx: Tx,
  declaration: AnyDeclaration<N, P, Facts>,
  all: readonly Claiming[],
): Promise<Claimed<P>[]> {
  const { action: name } = declaration;
  const factsOf = declaration.facts ?? (() => noFacts as Reading<Facts>);
  const inputs = all.map(({ input }) => input);
  const results: Claimed<P>[] = all.map(() => null);
  const loaded = await loadActions(tx, { name, inputs }, factsOf);
  const wanted: (Claiming & { at: number; open: LoadedAction<N, Facts>; plan: EffectPlan })[] = [];
  all.forEach((each, at) => {
    const open = loaded[at] ?? null;
    if (open === noRun) results[at] = runNotFound(each.input);
    else if (open?.isToStop === true) results[at] = standsBehindTurn();
    else if (open) wanted.push({ ...each, at, open, plan: planOf(each.input, open) });
  });
  const opened: (Opened<N, Facts> & { at: number; input: ActionInput })[] = [];
  for (const [index, claim] of (await claimEffects(tx, wanted)).entries()) {
    const { at = 0, input, open } = wanted[index] ?? {};
    if (!input || !open) continue;
    if (claim.kind === 'claimed') opened.push({ at, input, open, effect: claim.effect });
    else results[at] = await answerSettled(tx, input, claim);
  }
  const suppressed: Answering[] = [];
  for (const [index, prepared] of (await prepareEach(tx, declaration, opened)).entries()) {
    const { at = 0, input, effect } = opened[index] ?? {};
    if (!input || !effect) continue;
    if (prepared.kind === 'ready') results[at] = { effect, prepared: prepared.prepared };
    else suppressed.push(answering(input, effect, suppressedFor(prepared.reason)));
  }
  if (suppressed.length > 0) await answerEffects(tx, inputs[0]?.workspaceId ?? '', suppressed);
  return results;
}

async function prepareEach<N extends EffectName, P, Facts>(
  tx: Tx,
  declaration: AnyDeclaration<N, P, Facts>,
  opened: readonly Opened<N, Facts>[],
): Promise<Prepared<P>[]> {
  if (opened.length === 0) return [];
  if ('prepareAll' in declaration) return declaration.prepareAll(tx, opened);
  const prepared: Prepared<P>[] = [];
  for (const { open, effect } of opened) prepared.push(await declaration.prepare(tx, open, effect));
  return prepared;
}

function planOf<N extends EffectName>(input: ActionInput, open: LoadedAction<N>): EffectPlan {
  const { service, promise } = actions[open.action.activity].mode;
  return {
    ...input,
    key: effectKey(open, promise),
    step: open.action.step,
    visit: open.action.visit,
    generation: open.generation,
    kind: service,
    mode: promise,
    request: open.action.params,
  };
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
  if (claimed.kind === 'held')
    return ApplicationFailure.create({
      message: 'Another attempt holds this effect',
      nextRetryDelay: Math.ceil(claimed.waitMs) + 100,
      category: 'BENIGN',
    });
  const { effect } = claimed;
  if (effect.state === 'rejected') return rejected(effect.error as { code: string; message: string } | null);
  const reason = (effect.error as { message?: string } | null)?.message ?? '';
  await enqueueResult(tx, input, outputOf(effect.state, effect.result as JsonObject | null, reason));
  return null;
}

/** What a run receives of an effect that has ended so. */
export function answering(input: ActionInput, effect: EffectRow, settlement: Settlement): Answering {
  const payload = outputOf(settlement.state, settlement.result ?? null, settlement.error?.message ?? '');
  return { effect, settlement, answer: { kind: ACTION_DONE, ref: input.key, payload } };
}

/** What the machine receives: the result itself; that nothing was done, and why; or that the outcome is unknown. */
function outputOf(state: string, result: JsonObject | null, reason: string): JsonObject {
  if (state === 'suppressed') return { skipped: reason };
  return state === 'unknown' ? { unknown: true } : (result ?? {});
}

/**
 * What may end the run waits unread, and only the turn that reads it knows whether it does. An attempt that ended well instead would be the last
 * one: its action stays open under the same key where the run goes on.
 */
export function standsBehindTurn(): ApplicationFailure {
  return ApplicationFailure.create({
    type: TURN_FIRST,
    message: 'A turn of the run comes first',
    nextRetryDelay: minimumRetryMs,
    category: 'BENIGN',
  });
}

/** The failure of an action that the service refused for good. */
export function rejected(error: { code: string; message: string } | null): ApplicationFailure {
  return ApplicationFailure.nonRetryable(error?.message ?? 'Refused', failureTypes.effectRejected, {
    code: error?.code,
    message: error?.message,
  });
}
