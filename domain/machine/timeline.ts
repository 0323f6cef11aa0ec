import type { JsonObject, StepChange, WaitReason } from '../../contracts/core/machine.ts';

/** A line of a timeline with all that a turn says of it; `now` stands for the instants that the machine leaves out. */
export type TimelineLine = Omit<StepChange, 'waitingFor' | 'detail' | 'startedAt' | 'endedAt' | 'dueAt'> & {
  waitingFor: WaitReason | null;
  detail: JsonObject;
  startedAt: string;
  endedAt: string | null;
  dueAt: string | null;
};

/** The lines that a turn changes: of several changes of one visit the last one counts, and a step that is over has ended now. */
export function timelineLines(steps: readonly StepChange[], now: string): TimelineLine[] {
  const latest = new Map(steps.map((step) => [`${step.step}/${step.visit}`, step]));
  return [...latest.values()].map(({ step, visit, kind, title, status, ...more }) => ({
    step,
    visit,
    kind,
    title,
    status,
    waitingFor: more.waitingFor ?? null,
    detail: more.detail ?? {},
    startedAt: more.startedAt ?? now,
    endedAt: more.endedAt ?? (isOver(status) ? now : null),
    dueAt: more.dueAt ?? null,
  }));
}

function isOver(status: StepChange['status']): boolean {
  return status === 'done' || status === 'failed' || status === 'skipped';
}
