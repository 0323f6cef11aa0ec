import {
  batchStages,
  type BatchEstimate,
  type MadeBefore,
  type BatchStage,
  type DeliverResult,
  type Undecided,
} from '../../contracts/documents/documents.ts';
import type { GateAssignee } from '../../contracts/core/machine.ts';

/** What the machine knows of a batch's options. */
export type BatchPlan = {
  name: string;
  model: string;
  /** Model calls in flight at once, over all open chunks. */
  window: number;
  review: 'none' | 'flagged' | 'all';
  budgetMicros: number;
  approver: GateAssignee;
};

/** One piece of a stage's work that is open. `epoch` is how many resumes had come when it was issued. */
export type OpenUnit = { index: number; visit: number; epoch: number };

/** One piece that stopped before its end and must be issued again, under `visit`. */
export type WaitingUnit = { index: number; visit: number };

/** The work of the current stage: units `next`…`total - 1` were never issued. A gate stage has none. */
export type StageWork = { total: number; next: number; open: OpenUnit[]; waiting: WaitingUnit[]; finished: number };

/** Sums over finished chunks. `failedChunks` are those whose activity gave up for good. */
export type BatchCounts = {
  generated: number;
  flagged: number;
  skipped: number;
  generateFailed: number;
  costMicros: number;
  rendered: number;
  withheld: number;
  renderFailed: number;
  failedChunks: number;
};

/** A batch between two turns; plain JSON. */
export type BatchState = {
  stage: BatchStage;
  work: StageWork;
  rows: number;
  rowErrors: number;
  estimate: BatchEstimate | null;
  /** Missing where no other batch has its letters. */
  madeBefore?: MadeBefore;
  counts: BatchCounts;
  undecided: Undecided;
  /** The drafts that reviewers have asked for, in their order: the units of the review's work. Missing in states of before. */
  redrafts?: { ordinal: number; draft: number }[];
  paused: 'person' | 'budget' | null;
  /** How many times the batch was resumed; a budget stop of an older epoch says nothing about today's budget. */
  epoch: number;
  delivered: DeliverResult | null;
  ended: BatchEnd | null;
  /** When the current stage began; ISO 8601. */
  stageAt: string;
};

/** What holds for all of a turn: the batch's options, and the instant. */
export type BatchTurn = { plan: BatchPlan; now: string };

/** How a batch ended. */
export type BatchEnd = {
  status: 'completed' | 'exited' | 'failed';
  outcome: 'completed' | 'completedWithErrors' | 'stopped' | 'cancelled' | 'failed';
  reason: string;
};

/** Who decides at the gates of a batch, and about its documents one by one. */
export const batchApprover = { kind: 'role', id: 'approver' } as const;

/** Documents in a chunk: large enough that a chunk outweighs its overhead, small enough to repeat. */
export const CHUNK_ROWS = 50;

/** The state before the first turn. */
export function initialBatchState(now: string): BatchState {
  return {
    stage: batchStages[0],
    work: stageWork(1),
    rows: 0,
    rowErrors: 0,
    estimate: null,
    counts: {
      generated: 0,
      flagged: 0,
      skipped: 0,
      generateFailed: 0,
      costMicros: 0,
      rendered: 0,
      withheld: 0,
      renderFailed: 0,
      failedChunks: 0,
    },
    undecided: 'withhold',
    paused: null,
    epoch: 0,
    delivered: null,
    ended: null,
    stageAt: now,
  };
}

/** The untouched work of a stage with `total` units. */
export function stageWork(total: number): StageWork {
  return { total, next: 0, open: [], waiting: [], finished: 0 };
}

/** Goes on to another stage; the machine gives it its work. */
export function toStage(state: BatchState, stage: BatchStage): BatchState {
  return { ...state, stage };
}

/** Ends the batch: what is open is no longer wanted. */
export function toEnd(state: BatchState, ended: BatchEnd): BatchState {
  return { ...state, ended, paused: null, work: { ...state.work, open: [], waiting: [], next: state.work.total } };
}

/** How many chunks the rows of a batch make. */
export function chunksOf({ rows }: Pick<BatchState, 'rows'>): number {
  return Math.ceil(rows / CHUNK_ROWS);
}
