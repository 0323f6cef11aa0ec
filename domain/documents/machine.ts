import type { BatchEstimate, DeliverResult } from '../../contracts/documents/documents.ts';
import type { Advanced, JsonObject, MailboxItem } from '../../contracts/core/machine.ts';
import { ACTION_DONE } from '../../contracts/core/recorded-names.ts';
import { batchGates, gateSteps } from './batch-gates.ts';
import { changedSteps } from './batch-timeline.ts';
import {
  CHUNK_ROWS,
  initialBatchState,
  stageWork,
  type BatchEnd,
  type BatchPlan,
  type BatchStage,
  type BatchState,
  type OpenUnit,
} from './batch-state.ts';
import { closeUnit, issueUnits, openActions } from './stage-work.ts';

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
  takeResult(state, item.payload);
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
  if (state.stage !== 'generate' && state.stage !== 'render') {
    return end(state, { status: 'failed', outcome: 'failed', reason: text(item.payload['message'], state.stage) });
  }
  state.work.finished += 1;
  state.counts.failedChunks += 1;
  goOn(plan, state, item.at);
}

function takeResult(state: BatchState, result: JsonObject): void {
  const { counts } = state;
  switch (state.stage) {
    case 'import':
      state.rows = number(result['rows']);
      state.rowErrors = number(result['rowErrors']);
      return;
    case 'estimate':
      state.estimate = result as BatchEstimate;
      return;
    case 'generate':
      counts.generated += number(result['generated']);
      counts.flagged += number(result['flagged']);
      counts.skipped += number(result['skipped']);
      counts.generateFailed += number(result['failed']);
      counts.costMicros += number(result['costMicros']);
      return;
    case 'render':
      counts.rendered += number(result['rendered']);
      counts.withheld += number(result['withheld']);
      counts.renderFailed += number(result['failed']);
      return;
    case 'deliver':
      state.delivered = result as DeliverResult;
      return;
    case 'approve-estimate':
    case 'review':
      return;
  }
}

/** Leaves the stage when all its units have finished. */
function goOn(plan: BatchPlan, state: BatchState, at: string): void {
  if (state.work.finished < state.work.total) return;
  const chunks = Math.ceil(state.rows / CHUNK_ROWS);
  switch (state.stage) {
    case 'import':
      if (state.rows === 0) {
        return end(state, { status: 'failed', outcome: 'failed', reason: 'No row of the file could be used' });
      }
      return enter(state, 'estimate', 1, at);
    case 'estimate':
      return enter(state, 'approve-estimate', 0, at);
    case 'generate':
      if (state.counts.failedChunks === chunks) {
        return end(state, { status: 'failed', outcome: 'failed', reason: 'No chunk of documents could be generated' });
      }
      return needsReview(plan, state) ? enter(state, 'review', 0, at) : enter(state, 'render', chunks, at);
    case 'render':
      return enter(state, 'deliver', 1, at);
    case 'deliver':
      return end(state, endOf(state));
    case 'approve-estimate':
    case 'review':
      return;
  }
}

function needsReview(plan: BatchPlan, state: BatchState): boolean {
  if (plan.review === 'none') return false;
  return plan.review === 'all' ? state.counts.generated + state.counts.flagged > 0 : state.counts.flagged > 0;
}

function receiveGate(state: BatchState, item: MailboxItem): void {
  const { step, outcome } = item.payload;
  const awaited = gateSteps.find((gate) => gate === state.stage);
  if (!awaited || step !== awaited) return;
  const chunks = Math.ceil(state.rows / CHUNK_ROWS);
  if (outcome === 'stop') {
    const reason = text(item.payload['comment'], `stopped at ${awaited}`);
    return end(state, { status: 'exited', outcome: 'stopped', reason });
  }
  if (awaited === 'approve-estimate' && outcome === 'approve') return enter(state, 'generate', chunks, item.at);
  if (awaited !== 'review' || (outcome !== 'approve' && outcome !== 'reject')) return;
  state.undecided = outcome === 'approve' ? 'deliver' : 'withhold';
  enter(state, 'render', chunks, item.at);
}

/** The last single decision ends the review as well: the button for the whole review is not needed afterwards. */
function receiveDocumentDecision(state: BatchState, item: MailboxItem): void {
  if (state.stage !== 'review' || item.payload['undecided'] !== 0) return;
  enter(state, 'render', Math.ceil(state.rows / CHUNK_ROWS), item.at);
}

function enter(state: BatchState, stage: BatchStage, units: number, at: string): void {
  state.stage = stage;
  state.work = stageWork(units);
  state.stageAt = at;
}

function end(state: BatchState, how: BatchEnd): void {
  state.ended = how;
  state.paused = null;
  state.work = { ...state.work, open: [], waiting: [], next: state.work.total };
}

function endOf(state: BatchState): BatchEnd {
  const { counts } = state;
  const missing = state.rowErrors + counts.generateFailed + counts.renderFailed + counts.withheld + counts.failedChunks;
  if (missing === 0) return { status: 'completed', outcome: 'completed', reason: `${counts.rendered} documents` };
  const reason = `${counts.rendered} documents; some rows got none, errors.csv says why`;
  return { status: 'completed', outcome: 'completedWithErrors', reason };
}

function describe(plan: BatchPlan, before: BatchState | null, state: BatchState, now: string): Advanced<BatchState> {
  const gates = state.ended ? [] : batchGates(plan, state);
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

const number = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);
const text = (value: unknown, otherwise: string): string =>
  typeof value === 'string' && value !== '' ? value : otherwise;
