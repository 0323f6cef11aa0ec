import type { ActionOutput, ActionRequest } from '../../../contracts/core/actions.ts';
import type { JsonObject, MailboxItem } from '../../../contracts/core/machine.ts';
import type { documentActions } from '../../../contracts/documents/actions.ts';
import type { ChunkRange, ChunkStop } from '../../../contracts/documents/documents.ts';
import type { Visit } from '../../machine/lines.ts';
import { nothingOpen, openRequest, type Open } from '../../machine/open.ts';
import { answers, text, textOr } from '../../machine/received.ts';
import { CHUNK_ROWS, toEnd, type BatchPlan, type BatchState, type BatchTurn, type OpenUnit } from '../batch-state.ts';

/** The actions that a batch asks for. */
export type BatchAction = keyof typeof documentActions;

/** What a unit came to that did not stop: the output of its action. */
export type ResultOf<N extends BatchAction> = Exclude<ActionOutput<N>, { stopped: ChunkStop }>;

/**
 * The work of a stage: one unit, one for each chunk of the rows, or one for each draft that a reviewer asks for. `request` says what a unit
 * asks for; `range` are the documents of a chunk.
 */
export type Work<N extends BatchAction = BatchAction> = {
  units: 'one' | 'chunks' | 'drafts';
  request(state: BatchState, range: ChunkRange, index: number): ActionRequest<N>;
};

/** What a stage with work says of it. `Result` is what a unit comes to. */
export type WorkParts<Result = JsonObject> = {
  work: Work | null;
  /** Takes in what one unit came to. */
  take(state: BatchState, result: Result): BatchState;
  /** What follows when all units have finished. */
  finish(plan: BatchPlan, state: BatchState): BatchState;
};

/** The actions of the open units, in the order of their chunks. */
export function openUnits(work: Work, state: BatchState): Open {
  const units = state.work.open.toSorted((a, b) => a.index - b.index);
  const actions = units.map((unit) =>
    openRequest(visitOf(work, state, unit), work.request(state, chunkRange(state, unit.index), unit.index)),
  );
  return { ...nothingOpen, actions };
}

/** Receives the answer of an open unit, or that a reviewer asks for one more draft; an answer that is old or repeated changes nothing. */
export function receiveUnit(
  work: Work,
  { take, finish }: Pick<WorkParts, 'take' | 'finish'>,
  before: BatchState,
  item: MailboxItem,
  { plan }: BatchTurn,
): BatchState {
  if (work.units === 'drafts' && item.kind === 'redraft') return withDraft(before, item);
  const unit = before.work.open.find((open) => answers(item, visitOf(work, before, open)));
  if (!unit) return before;
  const state = { ...before, work: { ...before.work, open: before.work.open.filter((open) => open !== unit) } };
  const goOn = (after: BatchState): BatchState => {
    const finished = after.work.finished + 1;
    const counted = { ...after, work: { ...after.work, finished } };
    return finished < counted.work.total ? counted : finish(plan, counted);
  };
  if (item.kind === 'failed') {
    // A chunk that failed for good costs its documents, not the batch; the other stages cannot be done without.
    if (work.units === 'one') {
      const reason = textOr(item.payload, 'message', state.stage);
      return toEnd(state, { status: 'failed', outcome: 'failed', reason });
    }
    if (work.units === 'drafts') return goOn(state);
    return goOn({ ...state, counts: { ...state.counts, failedChunks: state.counts.failedChunks + 1 } });
  }
  const stopped = text(item.payload, 'stopped');
  return stopped === null ? goOn(take(state, item.payload)) : unitStopped(state, unit, stopped);
}

/** The unit goes on under its next visit: at once, or after a resume when the budget is spent or the batch was paused. */
function unitStopped(state: BatchState, { index, visit, epoch }: OpenUnit, stopped: string): BatchState {
  const waiting = [...state.work.waiting, { index, visit: visit + 1 }].toSorted((a, b) => a.index - b.index);
  const isSpent = stopped === 'budget' && epoch === state.epoch;
  const paused = state.paused ?? (isSpent ? 'budget' : null);
  return { ...state, paused, work: { ...state.work, waiting } };
}

/** One more unit of work beside a gate; what a reviewer asks for outside the review is refused before it comes here. */
function withDraft(state: BatchState, { payload: { ordinal, draft } }: MailboxItem): BatchState {
  if (typeof ordinal !== 'number' || typeof draft !== 'number') return state;
  const redrafts = [...(state.redrafts ?? []), { ordinal, draft }];
  return { ...state, redrafts, work: { ...state.work, total: state.work.total + 1 } };
}

function visitOf({ units }: Work, { stage }: BatchState, { index, visit }: OpenUnit): Visit {
  return { step: units === 'one' ? stage : `${stage}.${index}`, visit };
}

function chunkRange({ rows }: BatchState, index: number): ChunkRange {
  return { from: index * CHUNK_ROWS + 1, to: Math.min((index + 1) * CHUNK_ROWS, rows) };
}
