import type { Action } from '../../contracts/core/actions.ts';
import type { GateSpec, MailboxItem, StepChange } from '../../contracts/core/machine.ts';
import { ACTION_DONE } from '../../contracts/core/recorded-names.ts';
import type { Mail } from '../../contracts/messaging/actions.ts';
import { failureOf, text } from './read.ts';
import type { EnrollmentState, Refund, SideTask } from './state.ts';
import { stuckGate } from './stuck-gate.ts';
import { answers, decides, openAction, visitStep, type Turn } from './turn.ts';

/** Sends a mail beside the stage; only the end waits for it. */
export function sendMail(state: EnrollmentState, turn: Turn, step: string, title: string, mail: Mail): EnrollmentState {
  return add(state, turn, step, (visit) => ({ kind: 'mail', step, visit, title, params: mail }));
}

/** Leaves a note in the CRM beside the stage. */
export function addNote(state: EnrollmentState, turn: Turn, note: string): EnrollmentState {
  const step = 'crm-note';
  return add(state, turn, step, (visit) => ({ kind: 'note', step, visit, title: 'CRM note', params: { note } }));
}

/** Refunds money of one payment. The refund is asked for until the provider has made it or a person has settled it. */
export function refund(
  state: EnrollmentState,
  turn: Turn,
  refund: Pick<Refund, 'paymentIntent' | 'amountMinor' | 'currency' | 'reason'>,
): EnrollmentState {
  if (refund.amountMinor <= 0) return state;
  const step = 'refund-payment';
  const more = { tryNumber: 1, isStuck: false };
  return add(state, turn, step, (visit) => ({ kind: 'refund', step, visit, title: 'Refund', ...refund, ...more }));
}

/** The actions of the side tasks. */
export function sideTaskActions(state: EnrollmentState, turn: Turn): Action[] {
  return state.errands.flatMap((task): Action[] => {
    if (task.kind === 'mail') return [openAction('sendMessage', task, task.params)];
    if (task.kind === 'note') return [openAction('addCrmNote', task, task.params)];
    if (task.isStuck) return [];
    const { paymentIntent, amountMinor, currency = turn.terms.currency, reason, tryNumber } = task;
    const key = `refund/${paymentIntent}/${tryNumber}`;
    return [openAction('refundPayment', task, { key, paymentIntent, amountMinor, currency, reason })];
  });
}

/** The gates of refunds that failed for good. */
export function sideTaskGates(state: EnrollmentState, turn: Turn): GateSpec[] {
  return refundsOf(state)
    .filter((refund) => refund.isStuck)
    .map((refund) => {
      const { amountMinor, currency = turn.terms.currency, reason, paymentIntent } = refund;
      const content = { amountMinor, currency, reason, paymentIntent };
      return stuckGate(gateOf(refund), 'A refund did not go through', content);
    });
}

/** What a message changes about the side tasks; null when it is about none of them. */
export function receiveForSideTask(state: EnrollmentState, item: MailboxItem, turn: Turn): EnrollmentState | null {
  const task = state.errands.find(
    (open) => answers(item, open) || (isStuckRefund(open) && decides(item, gateOf(open))),
  );
  if (!task) return null;
  if (item.kind === 'gate') return task.kind === 'refund' ? decided(state, task, item, turn) : state;
  if (task.kind === 'refund') return refundSettled(state, task, item, turn);
  const skipped = text(item.payload, 'skipped') ?? (item.payload['state'] === 'suppressed' ? 'suppressed' : null);
  const status = item.kind === 'failed' ? 'failed' : skipped === null ? 'done' : 'skipped';
  const reason = item.kind === 'failed' ? failureOf(item.payload) : skipped;
  noteTask(turn, task, status, reason === null ? {} : { reason });
  return without(state, task);
}

/**
 * An exit may have interrupted a side task: mails and notes are skipped, refunds are asked for again under another visit.
 * Their key at the provider stays, so that a refund that was made is not made twice.
 */
export function interruptSideTasks(state: EnrollmentState, turn: Turn): EnrollmentState {
  let after = state;
  for (const task of state.errands) {
    if (task.kind !== 'refund') {
      noteTask(turn, task, 'skipped', { reason: 'ended before it was done' });
      after = without(after, task);
    } else if (!task.isStuck) {
      after = again(after, task, {}, turn);
    }
  }
  return after;
}

/** The refunds that are not done yet. */
export function refundsOf(state: EnrollmentState): Refund[] {
  return state.errands.filter((task): task is Refund => task.kind === 'refund');
}

function isStuckRefund(task: SideTask): task is Refund {
  return task.kind === 'refund' && task.isStuck;
}

function gateOf(refund: Refund): { step: string; visit: number } {
  return { step: 'refund-stuck', visit: refund.visit };
}

function refundSettled(state: EnrollmentState, refund: Refund, item: MailboxItem, turn: Turn): EnrollmentState {
  if (item.kind === ACTION_DONE && item.payload['state'] !== 'unknown') return refundDone(state, refund, {}, turn);
  const reason = item.kind === 'failed' ? failureOf(item.payload) : 'the provider did not answer';
  noteTask(turn, refund, 'failed', { reason });
  return replaced(state, refund, { ...refund, isStuck: true });
}

function decided(state: EnrollmentState, refund: Refund, item: MailboxItem, turn: Turn): EnrollmentState {
  if (item.payload['outcome'] === 'retry') return again(state, refund, { tryNumber: refund.tryNumber + 1 }, turn);
  return refundDone(state, refund, { settledBy: 'a person' }, turn);
}

function refundDone(
  state: EnrollmentState,
  refund: Refund,
  detail: Record<string, string>,
  turn: Turn,
): EnrollmentState {
  const { paymentIntent, amountMinor } = refund;
  noteTask(turn, refund, 'done', { amountMinor, ...detail });
  const money = { ...state.money, refunded: [...state.money.refunded, { paymentIntent, amountMinor }] };
  return { ...without(state, refund), money };
}

function again(state: EnrollmentState, refund: Refund, more: { tryNumber?: number }, turn: Turn): EnrollmentState {
  const next = visitStep(state, refund.step);
  const renewed = { ...refund, ...more, visit: next.visit, isStuck: false };
  noteTask(turn, renewed, 'running', {});
  return replaced(next.state, refund, renewed);
}

function add(state: EnrollmentState, turn: Turn, step: string, make: (visit: number) => SideTask): EnrollmentState {
  const next = visitStep(state, step);
  const task = make(next.visit);
  noteTask(turn, task, 'running', {});
  return { ...next.state, errands: [...state.errands, task] };
}

function without(state: EnrollmentState, task: SideTask): EnrollmentState {
  return { ...state, errands: state.errands.filter((other) => other !== task) };
}

function replaced(state: EnrollmentState, task: SideTask, by: SideTask): EnrollmentState {
  return { ...state, errands: state.errands.map((other) => (other === task ? by : other)) };
}

const kinds = { mail: 'email', note: 'crm', refund: 'refund' } as const;

/** Writes the timeline's line of a side task. */
export function noteTask(
  turn: Turn,
  task: SideTask,
  status: StepChange['status'],
  detail: NonNullable<StepChange['detail']>,
): void {
  const { step, visit, title } = task;
  turn.steps.push({ step, visit, kind: kinds[task.kind], title, status, detail });
}
