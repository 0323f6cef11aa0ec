import type { EnrollmentTerms } from '../../contracts/courses/enrollment.ts';
import type { Action, ActionName, ActionParams } from '../../contracts/core/actions.ts';
import type { GateSpec, MailboxItem, StepChange } from '../../contracts/core/machine.ts';
import { ACTION_DONE } from '../../contracts/core/recorded-names.ts';
import type { EnrollmentState, Stage } from './state.ts';

/** The kinds of an enrollment's lines in the timeline; screens have an icon for each. */
export type LineKind =
  'check' | 'seat' | 'waitlist' | 'offer' | 'payment' | 'progress' | 'quote' | 'gate' | 'refund' | 'email' | 'crm';

/** What a line of the timeline shows. The visits are counted by `step`. */
export type Shown = { step: string; kind: LineKind; title: string };

/** One call of the machine: what holds for all of it, the line that a stage shows, and the timeline's lines as they come. */
export type Turn = {
  readonly terms: EnrollmentTerms;
  readonly now: string;
  readonly lineOf: (stage: Stage) => Shown | null;
  readonly steps: StepChange[];
};

/** What a stage has open, and when it wants to be called without any item. */
export type Open = { actions: Action[]; gates: GateSpec[]; dueAt: string | null };

/** Nothing is open and nothing is due. */
export const nothingOpen: Open = { actions: [], gates: [], dueAt: null };

/** Makes one open action. */
export function openAction<N extends ActionName>(
  activity: N,
  { step, visit }: { step: string; visit: number },
  params: ActionParams<N>,
): Action<N> {
  return { id: `${step}/${visit}`, step, visit, activity, params };
}

/** Whether a message is the answer to the action `step/visit`. */
export function answers(item: MailboxItem, at: { step: string; visit: number }): boolean {
  return (item.kind === ACTION_DONE || item.kind === 'failed') && item.ref === `${at.step}/${at.visit}`;
}

/** Whether an item is the decision of the gate at `step/visit`. */
export function decides(item: MailboxItem, at: { step: string; visit: number }): boolean {
  return item.kind === 'gate' && item.payload['step'] === at.step && item.payload['visit'] === at.visit;
}

/** Counts one more visit of a step. */
export function visitStep(state: EnrollmentState, step: string): { state: EnrollmentState; visit: number } {
  const visit = (state.visits[step] ?? 0) + 1;
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
  turn.steps.push({ step, visit, kind, title, status, ...more });
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
