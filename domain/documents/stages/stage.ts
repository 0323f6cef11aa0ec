import type { ActionOutput, ActionRequest } from '../../../contracts/core/actions.ts';
import type { GateSpec, JsonObject } from '../../../contracts/core/machine.ts';
import type { BatchProgress } from '../../../contracts/documents/batches-api.schema.ts';
import type { documentActions } from '../../../contracts/documents/actions.ts';
import type { BatchStage, ChunkRange, ChunkStop } from '../../../contracts/documents/documents.ts';
import type { BatchEnd, BatchPlan, BatchState } from '../batch-state.ts';

/** What follows: another stage, or the end. */
export type Next = { stage: BatchStage } | { end: BatchEnd };

/** The actions that a batch asks for. */
type BatchAction = keyof typeof documentActions;

/** What a unit came to that did not stop: the output of its action. */
type ResultOf<N extends BatchAction> = Exclude<ActionOutput<N>, { stopped: ChunkStop }>;

/** The work of a stage: one unit, or one for each chunk of the rows. `request` says what a unit asks for. */
export type Work<N extends BatchAction = BatchAction> = {
  isChunked: boolean;
  request(state: BatchState, chunk: ChunkRange): ActionRequest<N>;
};

/** How a stage's progress is counted: the documents that it is through with, those that reach it, and the pace at which it goes. */
export type DocumentCount = {
  done(progress: BatchProgress): number;
  total(rows: number, progress: BatchProgress): number;
  pace: 'generating' | 'rendering';
};

/** All that one stage of a batch is. A stage has work or a gate. `Result` is what a unit of its work comes to. */
export type StageRecord<Result = JsonObject> = {
  /** Its line in the timeline. */
  title: string;
  /** What the batch is doing there, as the CLI says it. */
  doing: string;
  /** What the line says beside its title. */
  detail(state: BatchState): JsonObject;
  work: Work | null;
  /** Null where a stage does not go through the documents. */
  documents: DocumentCount | null;
  gate: ((plan: BatchPlan, state: BatchState) => Pick<GateSpec, 'title' | 'outcomes' | 'content'>) | null;
  /** Whether its gate is about the estimate, which is then shown with it. */
  showsEstimate: boolean;
  /** What follows the outcomes of its gate, in words, by their names; `content` is what the gate shows. */
  follows(content: Readonly<Record<string, unknown>>): Readonly<Record<string, string>>;
  /** Takes in what one unit came to; changes `state`. */
  take(state: BatchState, result: Result): void;
  /** What follows when all units have finished. */
  finish(plan: BatchPlan, state: BatchState): Next | null;
  /** What follows an outcome of the gate, apart from `stop`; may change `state`. */
  decide(state: BatchState, outcome: string): Next | null;
  /** What follows when the last document was decided by itself; null where documents are not decided one by one. */
  decideLast: (() => Next) | null;
};

/**
 * Makes a record; what a stage leaves out it does not have. `N` is the action that its work asks for: the result is read by the contract by
 * which the activity wrote it.
 */
export function defineStage<N extends BatchAction = never>(
  record: Pick<StageRecord, 'title' | 'doing' | 'detail'> & Partial<StageRecord<ResultOf<N>>> & { work?: Work<N> },
): StageRecord {
  return {
    work: null,
    documents: null,
    gate: null,
    showsEstimate: false,
    follows: () => ({}),
    take: () => undefined,
    finish: () => null,
    decide: () => null,
    decideLast: null,
    ...record,
  };
}

/** A number of a unit's result; what is none counts as 0. */
export function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}
