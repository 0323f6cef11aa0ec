import type { StepChange } from '../../contracts/core/machine.ts';
import type { BatchStage } from '../../contracts/documents/documents.ts';
import { noteLine, type Lines } from '../machine/lines.ts';
import { chunksOf, stageWork, type BatchState } from './batch-state.ts';
import { stages } from './stages/stages.ts';

/** The timeline's lines that a turn changed: one line a stage, whatever the number of its chunks. */
export function changedSteps(from: BatchState | null, state: BatchState, now: string): Lines {
  const lines: Lines = new Map();
  if (from?.ended) return lines;
  const hasLeft = from !== null && from.stage !== state.stage;
  if (hasLeft) {
    const detail = leftDetail(from.stage, state);
    noteLine(lines, { ...line(from.stage), status: 'done', endedAt: now, detail });
  }
  if (state.ended) noteLine(lines, lastLine(state, now));
  else if (!from || hasLeft || from.paused !== state.paused || !isSameWork(from, state)) {
    noteLine(lines, currentLine(state));
  }
  return lines;
}

function isSameWork(a: BatchState, b: BatchState): boolean {
  return JSON.stringify(a.work) === JSON.stringify(b.work);
}

function currentLine(state: BatchState): StepChange {
  const waits = state.paused !== null || stages[state.stage].gate !== null;
  return {
    ...line(state.stage),
    ...(waits ? { status: 'waiting', waitingFor: 'person' } : { status: 'running' }),
    startedAt: state.stageAt,
    detail: { ...stages[state.stage].detail(state), paused: state.paused },
  };
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
