import type { EnrollmentTerms } from '../../contracts/courses/enrollment.ts';
import type { Action, ActionName, ActionParams } from '../../contracts/core/actions.ts';
import type { GateSpec, MailboxItem, StepChange } from '../../contracts/core/machine.ts';
import { ACTION_DONE } from '../../contracts/core/recorded-names.ts';
import type { EnrollmentState, Stage } from './state.ts';

/** One call of the machine: what holds for all of it, and the timeline's lines as they come. */
export type Turn = { readonly terms: EnrollmentTerms; readonly now: string; readonly steps: StepChange[] };

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

/** The kind and title of each step of the timeline. */
const lines = {
  eligibility: { kind: 'check', title: 'Prerequisites' },
  seat: { kind: 'seat', title: 'Seat' },
  waitlist: { kind: 'waitlist', title: 'Waitlist' },
  offer: { kind: 'offer', title: 'Offered seat' },
  checkout: { kind: 'payment', title: 'Payment' },
  confirm: { kind: 'seat', title: 'Confirm the seat' },
  learning: { kind: 'progress', title: 'Learning' },
  quote: { kind: 'quote', title: 'Refund quote' },
  refund: { kind: 'gate', title: 'Decide the refund' },
  'expire-checkout': { kind: 'payment', title: 'Close the checkout' },
  release: { kind: 'seat', title: 'Release the seat' },
  'late-money': { kind: 'payment', title: 'Watch for late money' },
  surplus: { kind: 'payment', title: 'Money received' },
  'refunded-elsewhere': { kind: 'refund', title: 'Refunded at the payment service' },
  'refund-returned': { kind: 'refund', title: 'A refund came back' },
  dispute: { kind: 'payment', title: 'Disputed by the bank' },
} as const;

/** A step of the enrollment itself; side tasks have steps of their own. */
export type StepName = keyof typeof lines;

/** The kind of such a step's line. */
export type LineKind = (typeof lines)[StepName]['kind'];

/** Writes one line of the timeline. */
export function line(
  turn: Turn,
  at: { step: StepName; visit: number },
  status: StepChange['status'],
  more: Pick<StepChange, 'waitingFor' | 'detail' | 'dueAt'> = {},
): void {
  turn.steps.push({ ...at, ...lines[at.step], status, ...more });
}
