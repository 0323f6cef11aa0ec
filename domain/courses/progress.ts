import type { Completion } from '../../contracts/courses/course.schema.ts';
import type { JsonObject, MailboxItem } from '../../contracts/core/machine.ts';
import { text } from '../machine/received.ts';
import type { Ending, EnrollmentState, Progress } from './state.ts';

/** How the enrollment of a learner ends who has completed the course. */
export const completed: Ending = { outcome: 'completed', reason: 'the course is completed' };

/** 100 % in hundredths of a percent. */
const whole = 10_000;

/** Takes in one piece of learning. Progress is never lost: it does not fall, and a `failed` does not undo a `passed`. */
export function receiveProgress(state: EnrollmentState, item: MailboxItem, completion: Completion): EnrollmentState {
  const verb = text(item.payload, 'verb');
  const reported = basisPoints(item.payload, 'progressPercent') ?? 0;
  const before = state.progress;
  const progress: Progress = {
    basisPoints: Math.max(before.basisPoints, verb === 'completed' ? whole : reported),
    isPassed:
      before.isPassed || (verb === 'passed' && hasReached(completion, basisPoints(item.payload, 'scorePercent'))),
    isCompleted: before.isCompleted || verb === 'completed',
    isWaived: before.isWaived || verb === 'waived',
  };
  return { ...state, progress };
}

/** Whether the course is completed, by the rule it was promised with (cmi5 `moveOn`); a waiver counts as all of it. */
export function isComplete(progress: Progress, completion: Completion): boolean {
  if (progress.isWaived) return true;
  switch (completion.moveOn) {
    case 'completed':
      return progress.isCompleted;
    case 'passed':
      return progress.isPassed;
    case 'completedAndPassed':
      return progress.isCompleted && progress.isPassed;
    case 'completedOrPassed':
      return progress.isCompleted || progress.isPassed;
  }
}

/** A `passed` without a score is the source's own assessment and counts. */
function hasReached(completion: Completion, score: number | null): boolean {
  const { passingScorePercent } = completion;
  return passingScorePercent === undefined || score === null || score >= Math.round(passingScorePercent * 100);
}

/** The percentage in a field as hundredths of a percent, null where there is none. */
function basisPoints(payload: JsonObject, field: string): number | null {
  const value = payload[field];
  return typeof value === 'number' && value >= 0 && value <= 100 ? Math.round(value * 100) : null;
}
