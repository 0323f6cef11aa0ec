import type { Advanced, GateSpec, MailboxItem } from '../../contracts/core/machine.ts';
import { ACTION_DONE } from '../../contracts/core/recorded-names.ts';
import { changedSteps } from './batch-timeline.ts';
import {
  initialBatchState,
  stageWork,
  type BatchEnd,
  type BatchPlan,
  type BatchState,
  type OpenUnit,
} from './batch-state.ts';
import type { Next } from './stages/stage.ts';
import { stages } from './stages/stages.ts';
import { closeUnit, issueUnits, openActions, unitsOf } from './stage-work.ts';

/**
 * The document batch: import → estimate → its approval → generate in chunks → review → render in chunks → deliver. Pure;
 * `state` null is the first turn. Any order of chunk results ends the same; a result that is not awaited changes nothing.
 */
export function advanceBatch(
  plan: BatchPlan,
  before: BatchState | null,
  input: { now: string; mailbox: readonly MailboxItem[] },
): Advanced<BatchState> {
  const state = structuredClone(before ?? initialBatchState(input.now));
  for (const item of input.mailbox) {
    if (!state.ended) receive(plan, state, item);
  }
  if (!state.ended && !state.paused) issueUnits(plan, state);
  return describe(plan, before, state, input.now);
}

function receive(plan: BatchPlan, state: BatchState, item: MailboxItem): void {
  switch (item.kind) {
    case ACTION_DONE:
      return receiveResult(plan, state, item);
    case 'failed':
      return receiveFailure(plan, state, item);
    case 'gate':
      return receiveGate(state, item);
    case 'documentDecision':
      return receiveDocumentDecision(state, item);
    case 'exit':
      return end(state, { status: 'exited', outcome: 'cancelled', reason: text(item.payload['reason'], 'cancelled') });
    case 'pause':
      state.paused = 'person';
      return;
    case 'resume':
      state.paused = null;
      state.epoch += 1;
      return;
  }
}

function receiveResult(plan: BatchPlan, state: BatchState, item: MailboxItem): void {
  const unit = closeUnit(state, item.ref);
  if (!unit) return;
  const { stopped } = item.payload;
  if (typeof stopped === 'string') return receiveStop(state, unit, stopped);
  state.work.finished += 1;
  stages[state.stage].take(state, item.payload);
  goOn(plan, state, item.at);
}

/** The unit goes on under its next visit: at once, or after a resume when the budget is spent or the batch was paused. */
function receiveStop(state: BatchState, unit: OpenUnit, stopped: string): void {
  state.work.waiting.push({ index: unit.index, visit: unit.visit + 1 });
  state.work.waiting.sort((a, b) => a.index - b.index);
  if (stopped === 'budget' && unit.epoch === state.epoch) state.paused ??= 'budget';
}

/** A chunk that failed for good costs its documents, not the batch; the other stages cannot be done without. */
function receiveFailure(plan: BatchPlan, state: BatchState, item: MailboxItem): void {
  const unit = closeUnit(state, item.ref);
  if (!unit) return;
  if (!stages[state.stage].work?.isChunked) {
    return end(state, { status: 'failed', outcome: 'failed', reason: text(item.payload['message'], state.stage) });
  }
  state.work.finished += 1;
  state.counts.failedChunks += 1;
  goOn(plan, state, item.at);
}

/** Leaves the stage when all its units have finished. */
function goOn(plan: BatchPlan, state: BatchState, at: string): void {
  if (state.work.finished < state.work.total) return;
  follow(state, stages[state.stage].finish(plan, state), at);
}

function receiveGate(state: BatchState, item: MailboxItem): void {
  const { step, outcome } = item.payload;
  const { gate, decide } = stages[state.stage];
  if (!gate || step !== state.stage || typeof outcome !== 'string') return;
  if (outcome === 'stop') {
    const reason = text(item.payload['comment'], `stopped at ${state.stage}`);
    return end(state, { status: 'exited', outcome: 'stopped', reason });
  }
  follow(state, decide(state, outcome), item.at);
}

/** The last single decision ends the review as well: the button for the whole review is not needed afterwards. */
function receiveDocumentDecision(state: BatchState, item: MailboxItem): void {
  const { decideLast } = stages[state.stage];
  if (decideLast && item.payload['undecided'] === 0) follow(state, decideLast(), item.at);
}

function follow(state: BatchState, next: Next | null, at: string): void {
  if (!next) return;
  if ('end' in next) return end(state, next.end);
  state.stage = next.stage;
  state.work = stageWork(unitsOf(next.stage, state));
  state.stageAt = at;
}

function end(state: BatchState, how: BatchEnd): void {
  state.ended = how;
  state.paused = null;
  state.work = { ...state.work, open: [], waiting: [], next: state.work.total };
}

/** The gate of the current stage, if it has one. */
function gatesOf(plan: BatchPlan, state: BatchState): GateSpec[] {
  const { gate } = stages[state.stage];
  const common = { step: state.stage, visit: 1, assignee: plan.approver, dueAt: null, onTimeout: null };
  return gate ? [{ ...common, ...gate(plan, state) }] : [];
}

function describe(plan: BatchPlan, before: BatchState | null, state: BatchState, now: string): Advanced<BatchState> {
  const gates = state.ended ? [] : gatesOf(plan, state);
  const live = gates.length > 0 ? 'waiting' : 'running';
  return {
    state,
    actions: state.ended ? [] : openActions(state),
    waits: [],
    gates,
    steps: changedSteps(before, state, now),
    dueAt: null,
    status: state.ended?.status ?? (state.paused ? 'paused' : live),
    currentStep: state.ended ? null : state.stage,
    ended: state.ended && { outcome: state.ended.outcome, reason: state.ended.reason },
  };
}

const text = (value: unknown, otherwise: string): string =>
  typeof value === 'string' && value !== '' ? value : otherwise;
