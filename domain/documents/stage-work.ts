import type { BatchStage } from '../../contracts/documents/documents.ts';
import { CHUNK_ROWS, chunksOf, type BatchPlan, type BatchState } from './batch-state.ts';
import { stages } from './stages/stages.ts';

/** How many chunks of a batch may be open at once: twice what its window fills, so that a chunk's end leaves no gap. */
export function chunkLimit(window: number): number {
  return Math.ceil(window / CHUNK_ROWS) * 2;
}

/** Issues as many units of the current stage as may be open; those that stopped come first. */
export function issueUnits({ window }: BatchPlan, state: BatchState): BatchState {
  const { epoch } = state;
  const [open, waiting] = [[...state.work.open], [...state.work.waiting]];
  let { next } = state.work;
  while (open.length < chunkLimit(window)) {
    const stopped = waiting.shift();
    if (stopped) open.push({ ...stopped, epoch });
    else if (next < state.work.total) open.push({ index: next++, visit: 1, epoch });
    else break;
  }
  return { ...state, work: { ...state.work, open, waiting, next } };
}

/** How many units a stage has when it begins; drafts are asked for later. */
export function unitsOf(stage: BatchStage, state: BatchState): number {
  const { work } = stages[stage];
  if (work === null || work.units === 'drafts') return 0;
  return work.units === 'chunks' ? chunksOf(state) : 1;
}
