import type { StepChange } from '../../contracts/core/machine.ts';
import type { BatchStage } from '../../contracts/documents/documents.ts';
import { chunksOf, stageWork, type BatchState } from './batch-state.ts';
import { stages } from './stages/stages.ts';

/** The timeline's lines that a turn changed: one line a stage, whatever the number of its chunks. */
export function changedSteps(before: BatchState | null, state: BatchState, now: string): StepChange[] {
  const changes: StepChange[] = [];
  const from = before ?? null;
  if (from && !from.ended && from.stage !== state.stage) {
    changes.push({ ...line(from.stage), status: 'done', endedAt: now, detail: leftDetail(from.stage, state) });
  }
  if (state.ended) return from?.ended ? changes : [...changes, lastLine(state, now)];
  const isGate = stages[state.stage].gate !== null;
  const changed = !from || from.stage !== state.stage || JSON.stringify(from.work) !== JSON.stringify(state.work);
  if (!changed && from.paused === state.paused) return changes;
  changes.push({
    ...line(state.stage),
    status: isGate || state.paused ? 'waiting' : 'running',
    ...(isGate || state.paused ? { waitingFor: 'person' as const } : {}),
    startedAt: state.stageAt,
    detail: { ...stages[state.stage].detail(state), paused: state.paused },
  });
  return changes;
}

function line(stage: BatchStage): Pick<StepChange, 'step' | 'visit' | 'kind' | 'title'> {
  return { step: stage, visit: 1, kind: stages[stage].gate ? 'gate' : 'batch', title: stages[stage].title };
}

/** The detail of a stage just left, with the figures of now. */
function leftDetail(stage: BatchStage, state: BatchState): StepChange['detail'] & object {
  const work = { ...stageWork(chunksOf(state)), finished: chunksOf(state) };
  return { ...stages[stage].detail({ ...state, stage, work }), paused: null };
}

function lastLine(state: BatchState, now: string): StepChange {
  const status = state.ended?.status === 'completed' ? 'done' : state.ended?.status === 'failed' ? 'failed' : 'skipped';
  return {
    ...line(state.stage),
    status,
    startedAt: state.stageAt,
    endedAt: now,
    detail: { ...stages[state.stage].detail(state), reason: state.ended?.reason },
  };
}
