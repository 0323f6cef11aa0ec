import type { Action } from '../../contracts/core/actions.ts';
import type { GateSpec, MailboxItem, StepChange } from '../../contracts/core/machine.ts';
import { ACTION_DONE } from '../../contracts/core/recorded-names.ts';
import type { Mail } from '../../contracts/messaging/actions.ts';
import { openAction } from '../machine/open.ts';
import { answers, decides, failureOf, text } from '../machine/received.ts';
import { isDisputed, leftOf, openDisputeOf, refundsOf } from './money/balances.ts';
import type { EnrollmentState, Refund, SideTask } from './state.ts';
import { stuckGate } from './stuck-gate.ts';
import { line, visitStep, type Turn } from './turn.ts';

/** Sends a mail beside the stage; only the end waits for it. */
export function sendMail(state: EnrollmentState, turn: Turn, step: string, title: string, mail: Mail): EnrollmentState {
  return add(state, turn, step, (visit) => ({ kind: 'mail', step, visit, title, params: mail, askedAt: turn.now }));
}

/** The mails that say what a learner may do in the stage in which they are sent: later than that they would be wrong. */
const ofTheirStage = ['queue-mail', 'offer-mail', 'payment-mail', 'more-time-mail'];

/** Takes back the mails that could not be sent before their stage was over. */
export function withdrawMails({ lastMail: _lastMail, ...state }: EnrollmentState, turn: Turn): EnrollmentState {
  const late = state.errands.filter(({ step }) => ofTheirStage.includes(step));
  for (const mail of late) noteTask(turn, mail, 'skipped', { reason: 'not known to be sent while it was true' });
  return late.reduce(without, state);
}

/**
 * Whether the learner could not act on the mail of this step, or that there is more time, as while a mail server is away: it waits to be sent, or
 * was on its way for longer than what was left of the time then, which ends at `end`.
 */
export function cameTooLate(
  { errands, lastMail }: EnrollmentState,
  step: 'offer-mail' | 'payment-mail',
  end: string,
): boolean {
  if (errands.some((task) => task.step === step || task.step === 'more-time-mail')) return true;
  if (!lastMail) return false;
  const sentAt = Date.parse(lastMail.sentAt);
  return Date.parse(end) - sentAt < sentAt - Date.parse(lastMail.askedAt);
}

/** Leaves a note in the CRM beside the stage. */
export function addNote(state: EnrollmentState, turn: Turn, note: string): EnrollmentState {
  const step = 'crm-note';
  return add(state, turn, step, (visit) => ({ kind: 'note', step, visit, title: 'CRM note', params: { note } }));
}

/** Says to the CRM that the learner has completed the course. */
export function noteCompletion(state: EnrollmentState, turn: Turn): EnrollmentState {
  return addNote(state, turn, `Completed ${turn.terms.courseTitle} (${turn.terms.runTitle})`);
}

/**
 * Refunds money of one payment, never more than is left of it. The refund is asked for until the provider has made it or a person has settled
 * it.
 */
export function refund(
  state: EnrollmentState,
  turn: Turn,
  { amountMinor: wanted, ...of }: Pick<Refund, 'paymentIntent' | 'amountMinor' | 'currency' | 'reason'>,
): EnrollmentState {
  const { money } = state;
  const asked = refundsOf(state).filter(({ paymentIntent }) => paymentIntent === of.paymentIntent);
  const owed = asked.reduce((sum, each) => sum + each.amountMinor, 0);
  const amountMinor = Math.min(wanted, leftOf(money, of.paymentIntent) + openDisputeOf(money, of.paymentIntent) - owed);
  if (amountMinor <= 0) return state;
  const tryNumber = nextTry(state, of.paymentIntent);
  const task = { kind: 'refund', step: 'refund-payment', title: 'Refund', ...of, amountMinor, isStuck: false } as const;
  return add(state, turn, task.step, (visit) => ({ ...task, visit, tryNumber }));
}

/** The number of the next try to refund of a payment; those before were of other amounts, or failed. */
export function nextTry(state: EnrollmentState, paymentIntent: string): number {
  const own = state.money.refunded.filter((each) => !each.isElsewhere);
  const tries = [...own, ...refundsOf(state)].filter((each) => each.paymentIntent === paymentIntent);
  return Math.max(0, ...tries.map((each) => each.tryNumber ?? 1)) + 1;
}

/** Looks at a payment at the provider. */
export function lookAt(state: EnrollmentState, turn: Turn, paymentIntent: string): EnrollmentState {
  const look = { kind: 'look', step: 'look-up', title: 'Look at the payment', paymentIntent } as const;
  return add(state, turn, look.step, (visit) => ({ ...look, visit }));
}

/** The actions of the side tasks. */
export function sideTaskActions(state: EnrollmentState, turn: Turn): Action[] {
  return state.errands.flatMap((task): Action[] => {
    if (task.kind === 'mail') return [openAction('sendMessage', task, task.params)];
    if (task.kind === 'note') return [openAction('addCrmNote', task, task.params)];
    // One after the other: the answer of an earlier look must not come after that of a later one.
    if (task.kind === 'look')
      return looksAt(state, task.paymentIntent)[0] === task
        ? [openAction('lookUpPayment', task, { paymentIntent: task.paymentIntent })]
        : [];
    // What the payer's bank takes back must not be given back as well.
    if (task.isStuck || isDisputed(state.money, task.paymentIntent)) return [];
    const { paymentIntent, amountMinor, currency = turn.terms.currency, reason, tryNumber } = task;
    const key = `refund/${paymentIntent}/${tryNumber}`;
    return [openAction('refundPayment', task, { key, paymentIntent, amountMinor, currency, reason })];
  });
}

/** The gates of refunds that failed for good and were not made elsewhere, as far as that is known. */
export function sideTaskGates(state: EnrollmentState, turn: Turn): GateSpec[] {
  return refundsOf(state)
    .filter(({ isStuck, paymentIntent }) => isStuck && looksAt(state, paymentIntent).length === 0)
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
  const isTold = task.kind === 'mail' && status === 'done' && ofTheirStage.includes(task.step);
  const told = isTold && task.askedAt !== undefined ? { lastMail: { askedAt: task.askedAt, sentAt: item.at } } : {};
  return { ...without(state, task), ...told };
}

/**
 * An exit may have interrupted a side task: mails and notes are skipped, refunds are asked for again under another visit.
 * Their key at the provider stays, so that a refund that was made is not made twice.
 */
export function interruptSideTasks(state: EnrollmentState, turn: Turn): EnrollmentState {
  let after = state;
  for (const task of state.errands) {
    if (task.kind === 'mail' || task.kind === 'note') {
      noteTask(turn, task, 'skipped', { reason: 'ended before it was done' });
      after = without(after, task);
    } else if (task.kind === 'look' || !task.isStuck) {
      after = again(after, task, {}, turn);
    }
  }
  return after;
}

function looksAt({ errands }: EnrollmentState, paymentIntent: string): SideTask[] {
  return errands.filter((task) => task.kind === 'look' && task.paymentIntent === paymentIntent);
}

function isStuckRefund(task: SideTask): task is Refund {
  return task.kind === 'refund' && task.isStuck;
}

function gateOf(refund: Refund): { step: string; visit: number } {
  return { step: 'refund-stuck', visit: refund.visit };
}

/** A refund that failed may have been made elsewhere before, so the payment is looked at first. */
function refundSettled(state: EnrollmentState, refund: Refund, item: MailboxItem, turn: Turn): EnrollmentState {
  if (item.kind === ACTION_DONE && item.payload['unknown'] !== true) {
    const refundId = text(item.payload, 'refundId');
    return refundDone(state, refund, refundId === null ? {} : { refundId }, turn);
  }
  const reason = item.kind === 'failed' ? failureOf(item.payload) : 'the provider did not answer';
  noteTask(turn, refund, 'failed', { reason });
  return lookAt(replaced(state, refund, { ...refund, isStuck: true }), turn, refund.paymentIntent);
}

function decided(state: EnrollmentState, refund: Refund, item: MailboxItem, turn: Turn): EnrollmentState {
  if (item.payload['outcome'] === 'retry')
    return again(state, refund, { tryNumber: nextTry(state, refund.paymentIntent) }, turn);
  return refundDone(state, refund, { settledBy: 'a person' }, turn);
}

/** Notes that a refund was made, as the provider or a person says. */
export function refundDone(
  state: EnrollmentState,
  refund: Refund,
  detail: { refundId?: string; settledBy?: string },
  turn: Turn,
): EnrollmentState {
  const { paymentIntent, amountMinor, tryNumber, currency } = refund;
  noteTask(turn, refund, 'done', { amountMinor, ...detail });
  const made = {
    paymentIntent,
    amountMinor,
    ...(tryNumber === 1 ? {} : { tryNumber }),
    ...(currency === undefined ? {} : { currency }),
    ...(detail.settledBy === undefined ? {} : { isSettled: true as const }),
  };
  const money = { ...state.money, refunded: [...state.money.refunded, made] };
  return { ...without(state, refund), money };
}

/** Asks for a task again under another visit. */
export function again<T extends SideTask>(
  state: EnrollmentState,
  task: T,
  more: { tryNumber?: number; amountMinor?: number },
  turn: Turn,
): EnrollmentState {
  const next = visitStep(state, task.step);
  const stuck = task.kind === 'refund' ? { isStuck: false } : {};
  const renewed: SideTask = { ...task, ...more, ...stuck, visit: next.visit };
  noteTask(turn, renewed, 'running', {});
  return replaced(next.state, task, renewed);
}

/** Adds a task under a new visit of its step. */
export function add(
  state: EnrollmentState,
  turn: Turn,
  step: string,
  make: (visit: number) => SideTask,
): EnrollmentState {
  const next = visitStep(state, step);
  const task = make(next.visit);
  noteTask(turn, task, 'running', {});
  return { ...next.state, errands: [...state.errands, task] };
}

/** Takes a task away. */
export function without(state: EnrollmentState, task: SideTask): EnrollmentState {
  return { ...state, errands: state.errands.filter((other) => other !== task) };
}

function replaced(state: EnrollmentState, task: SideTask, by: SideTask): EnrollmentState {
  return { ...state, errands: state.errands.map((other) => (other === task ? by : other)) };
}

const kinds = { mail: 'email', note: 'crm', look: 'payment', refund: 'refund' } as const;

/** Writes the timeline's line of a side task. */
export function noteTask(
  turn: Turn,
  task: SideTask,
  status: StepChange['status'],
  detail: NonNullable<StepChange['detail']>,
): void {
  line(turn, { ...task, kind: kinds[task.kind] }, status, { detail });
}
