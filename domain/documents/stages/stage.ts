import type { JsonObject } from '../../../contracts/core/machine.ts';
import type { BatchProgress } from '../../../contracts/documents/batches-api.schema.ts';
import type { BatchStage } from '../../../contracts/documents/documents.ts';
import { nothingOpen } from '../../machine/open.ts';
import { still, type Stage } from '../../machine/stage.ts';
import type { BatchCounts, BatchState, BatchTurn, StageWork } from '../batch-state.ts';
import { openGate, receiveDecision, type GateParts } from './gate-stage.ts';
import { openUnits, receiveUnit, type BatchAction, type ResultOf, type Work, type WorkParts } from './work-stage.ts';

/** How a stage's progress is counted: the documents that it is through with, those that reach it, and the pace at which it goes. */
export type DocumentCount = {
  done(progress: BatchProgress): number;
  total(rows: number, progress: BatchProgress): number;
  pace: 'generating' | 'rendering';
};

/** What one stage of a batch says of itself: it has work, a gate, or both. */
type Parts<Result = JsonObject> = WorkParts<Result> &
  GateParts & {
    /** Its line in the timeline. */
    title: string;
    /** What the batch is doing there, as the CLI says it. */
    doing: string;
    /** What the line says beside its title. */
    detail(state: BatchState): JsonObject;
    /** Null where a stage does not go through the documents. */
    documents: DocumentCount | null;
    /** Whether its gate is about the estimate, which is then shown with it. */
    showsEstimate: boolean;
    /** What follows the outcomes of its gate, in words, by their names; `content` is what the gate shows. */
    follows(content: Readonly<Record<string, unknown>>): Readonly<Record<string, string>>;
  };

/** All that one stage of a batch is: what each stage of a machine is, made from what it says of itself. */
export type StageRecord = Stage<StageWork, BatchState, BatchTurn, BatchStage> & Parts;

/**
 * Makes a record; what a stage leaves out it does not have. `N` is the action that its work asks for: the result is read by the contract by
 * which the activity wrote it.
 */
export function defineStage<N extends BatchAction = never>(
  said: Pick<StageRecord, 'title' | 'doing' | 'detail' | 'leadsTo'> & Partial<Parts<ResultOf<N>>> & { work?: Work<N> },
): StageRecord {
  const parts: Pick<StageRecord, 'leadsTo'> & Parts = {
    work: null,
    documents: null,
    gate: null,
    showsEstimate: false,
    follows: () => ({}),
    take: (state) => state,
    finish: (_plan, state) => state,
    decide: (state) => state,
    decideLast: null,
    ...said,
  };
  return { ...still, ...parts, ...behaviourOf(parts) };
}

/** A decision comes before an answer: what was open beside the gate is no longer wanted then. */
function behaviourOf({ work, gate, ...parts }: Parts): Pick<StageRecord, 'open' | 'receive'> {
  return {
    open: (_own, state, turn) => ({
      ...nothingOpen,
      ...(work ? { actions: openUnits(work, state).actions } : {}),
      ...(gate ? { gates: openGate(gate, state, turn).gates } : {}),
    }),
    receive(state, _own, item, turn) {
      const decided = gate ? receiveDecision(parts, state, item) : state;
      return work && decided === state ? receiveUnit(work, parts, state, item, turn) : decided;
    },
  };
}

/** Adds what a unit came to. A figure that is no number counts as 0. */
export function addCounts(state: BatchState, figures: Partial<Record<keyof BatchCounts, unknown>>): BatchState {
  const counts = { ...state.counts };
  for (const name of Object.keys(figures) as (keyof BatchCounts)[]) counts[name] += count(figures[name]);
  return { ...state, counts };
}

/** A number of a unit's result; what is none counts as 0. */
export function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}
