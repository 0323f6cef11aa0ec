import type { StepChange } from '../../contracts/core/machine.ts';
import { CHUNK_ROWS, stageDetail, stageWork, type BatchStage, type BatchState } from './batch-state.ts';

const titles: Record<BatchStage, string> = {
  import: 'Read the rows',
  estimate: 'Count tokens and cost',
  'approve-estimate': 'Approval of the estimate',
  generate: 'Generate and check',
  review: 'Review',
  render: 'Render',
  deliver: 'Pack the archive',
};
const gates: readonly BatchStage[] = ['approve-estimate', 'review'];

/** The timeline's lines that a turn changed: one line a stage, whatever the number of its chunks. */
export function changedSteps(before: BatchState | null, state: BatchState, now: string): StepChange[] {
  const changes: StepChange[] = [];
  const from = before ?? null;
  if (from && !from.ended && from.stage !== state.stage) {
    changes.push({ ...line(from.stage), status: 'done', endedAt: now, detail: leftDetail(from.stage, state) });
  }
  if (state.ended) return from?.ended ? changes : [...changes, lastLine(state, now)];
  const isGate = gates.includes(state.stage);
  const changed = !from || from.stage !== state.stage || JSON.stringify(from.work) !== JSON.stringify(state.work);
  if (!changed && from.paused === state.paused) return changes;
  changes.push({
    ...line(state.stage),
    status: isGate || state.paused ? 'waiting' : 'running',
    ...(isGate || state.paused ? { waitingFor: 'person' as const } : {}),
    startedAt: state.stageAt,
    detail: { ...stageDetail(state), paused: state.paused },
  });
  return changes;
}

function line(stage: BatchStage): Pick<StepChange, 'step' | 'visit' | 'kind' | 'title'> {
  return { step: stage, visit: 1, kind: gates.includes(stage) ? 'gate' : 'batch', title: titles[stage] };
}

/** The detail of a stage just left, with the figures of now. */
function leftDetail(stage: BatchStage, state: BatchState): StepChange['detail'] & object {
  const chunks = Math.ceil(state.rows / CHUNK_ROWS);
  return { ...stageDetail({ ...state, stage, work: { ...stageWork(chunks), finished: chunks } }), paused: null };
}

function lastLine(state: BatchState, now: string): StepChange {
  const status = state.ended?.status === 'completed' ? 'done' : state.ended?.status === 'failed' ? 'failed' : 'skipped';
  return {
    ...line(state.stage),
    status,
    startedAt: state.stageAt,
    endedAt: now,
    detail: { ...stageDetail(state), reason: state.ended?.reason },
  };
}
