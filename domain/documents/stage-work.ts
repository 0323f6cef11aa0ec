import type { Action } from '../../contracts/core/actions.ts';
import type { BatchStage, ChunkRange } from '../../contracts/documents/documents.ts';
import { CHUNK_ROWS, chunksOf, type BatchPlan, type BatchState, type StageWork } from './batch-state.ts';
import { stages } from './stages/stages.ts';

/** How many chunks of a batch may be open at once: twice what its window fills, so that a chunk's end leaves no gap. */
export function chunkLimit(window: number): number {
  return Math.ceil(window / CHUNK_ROWS) * 2;
}

/** Issues as many units of the current stage as may be open; those that stopped come first. Changes `state.work`. */
export function issueUnits(plan: BatchPlan, state: BatchState): void {
  const { work } = state;
  const limit = chunkLimit(plan.window);
  while (work.open.length < limit) {
    const waiting = work.waiting.shift();
    if (waiting) work.open.push({ ...waiting, epoch: state.epoch });
    else if (work.next < work.total) work.open.push({ index: work.next++, visit: 1, epoch: state.epoch });
    else return;
  }
}

/** The actions that stand for the open units, in the order of their chunks. */
export function openActions(state: BatchState): Action[] {
  const { work } = stages[state.stage];
  if (!work) return [];
  return state.work.open
    .toSorted((a, b) => a.index - b.index)
    .map(({ index, visit }) => {
      const step = unitStep(state, index);
      return { id: `${step}/${visit}`, step, visit, ...work.request(state, chunkRange(state, index)) };
    });
}

/** Takes the open unit with this command id out of the work; null when it is not open: an old or repeated result. */
export function closeUnit(state: BatchState, commandId: string | null): StageWork['open'][number] | null {
  const { open } = state.work;
  const at = open.findIndex((unit) => `${unitStep(state, unit.index)}/${unit.visit}` === commandId);
  return at < 0 ? null : (open.splice(at, 1)[0] ?? null);
}

/** How many units a stage has; one in which a person decides has none. */
export function unitsOf(stage: BatchStage, state: BatchState): number {
  const { work } = stages[stage];
  return work?.isChunked ? chunksOf(state) : work ? 1 : 0;
}

function unitStep({ stage }: BatchState, index: number): string {
  return stages[stage].work?.isChunked ? `${stage}.${index}` : stage;
}

function chunkRange({ rows }: BatchState, index: number): ChunkRange {
  return { from: index * CHUNK_ROWS + 1, to: Math.min((index + 1) * CHUNK_ROWS, rows) };
}
