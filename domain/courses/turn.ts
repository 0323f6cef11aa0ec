import type { EnrollmentTerms } from '../../contracts/courses/enrollment.ts';
import type { StepChange } from '../../contracts/core/machine.ts';
import { nextVisit, noteLine, type Lines } from '../machine/lines.ts';
import type { EnrollmentState, Stage } from './state.ts';

/** The kinds of an enrollment's lines in the timeline; screens have an icon for each. */
export type LineKind =
  'check' | 'seat' | 'waitlist' | 'offer' | 'payment' | 'progress' | 'quote' | 'gate' | 'refund' | 'email' | 'crm';

/** What a line of the timeline shows. The visits are counted by `step`. */
export type Shown = { step: string; kind: LineKind; title: string };

/** One call of the machine: what holds for all of it, what its stages say of themselves, and the timeline's lines as they come. */
export type Turn = {
  readonly terms: EnrollmentTerms;
  readonly now: string;
  readonly lineOf: (stage: Stage) => Shown | null;
  readonly takesMoney: (stage: Stage) => boolean;
  readonly lines: Lines;
};

/** Counts one more visit of a step. */
export function visitStep(state: EnrollmentState, step: string): { state: EnrollmentState; visit: number } {
  const visit = nextVisit(state.visits, step);
  return { state: { ...state, visits: { ...state.visits, [step]: visit } }, visit };
}

/** Puts the enrollment into a stage. */
export function at(state: EnrollmentState, stage: Stage): EnrollmentState {
  return { ...state, stage };
}

/** Writes one line of the timeline. */
export function line(
  turn: Turn,
  { step, visit, kind, title }: Shown & { visit: number },
  status: StepChange['status'],
  more: Pick<StepChange, 'waitingFor' | 'detail' | 'dueAt'> = {},
): void {
  noteLine(turn.lines, { step, visit, kind, title, status, ...more });
}

/** Writes the line of a stage; one that shows none writes nothing. */
export function stageLine(
  turn: Turn,
  stage: Stage,
  status: StepChange['status'],
  more: Pick<StepChange, 'waitingFor' | 'detail' | 'dueAt'> = {},
): void {
  const shown = turn.lineOf(stage);
  if (shown && 'visit' in stage) line(turn, { ...shown, visit: stage.visit }, status, more);
}
