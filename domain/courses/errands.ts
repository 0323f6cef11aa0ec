import type { GateSpec, InboxItem, Perform, StepChange } from '../../contracts/core/machine.ts';
import type { Notice } from './notices.ts';
import { failureOf, text } from './read.ts';
import type { EnrollmentState, Errand, Refund } from './state.ts';
import { stuckGate } from './stuck-gate.ts';
import { answers, decides, openPerform, visitStep, type Turn } from './turn.ts';

/** Sends a mail beside the stage; nothing waits for it but the end. */
export function sendMail(
  state: EnrollmentState,
  turn: Turn,
  step: string,
  title: string,
  notice: Notice,
): EnrollmentState {
  return add(state, turn, step, (visit) => ({ kind: 'mail', step, visit, title, params: notice }));
}

/** Leaves a note in the CRM beside the stage. */
export function addNote(state: EnrollmentState, turn: Turn, note: string): EnrollmentState {
  const step = 'crm-note';
  return add(state, turn, step, (visit) => ({ kind: 'note', step, visit, title: 'CRM note', params: { note } }));
}

/** Gives money of one payment back. It is asked for until the provider has done it or a person has settled it. */
export function giveBack(
  state: EnrollmentState,
  turn: Turn,
  refund: Pick<Refund, 'paymentIntent' | 'amountMinor' | 'reason'>,
): EnrollmentState {
  if (refund.amountMinor <= 0) return state;
  const step = 'refund-payment';
  const more = { tryNumber: 1, isStuck: false };
  return add(state, turn, step, (visit) => ({ kind: 'refund', step, visit, title: 'Refund', ...refund, ...more }));
}

/** The performs of the errands. */
export function errandPerforms(state: EnrollmentState, turn: Turn): Perform[] {
  return state.errands.flatMap((errand) => {
    if (errand.kind !== 'refund') {
      const activity = errand.kind === 'mail' ? 'sendMessage' : 'addCrmNote';
      const { step, visit, params } = errand;
      return [{ id: `${step}/${visit}`, activity, step, visit, params }];
    }
    if (errand.isStuck) return [];
    const { paymentIntent, amountMinor, reason, tryNumber } = errand;
    const { currency } = turn.terms;
    const key = `refund/${paymentIntent}/${tryNumber}`;
    return [openPerform('refundPayment', errand, { key, paymentIntent, amountMinor, currency, reason })];
  });
}

/** The gates of refunds that were given up. */
export function errandGates(state: EnrollmentState, turn: Turn): GateSpec[] {
  return refundsOf(state)
    .filter((refund) => refund.isStuck)
    .map((refund) => {
      const { amountMinor, reason, paymentIntent } = refund;
      const content = { amountMinor, currency: turn.terms.currency, reason, paymentIntent };
      return stuckGate(gateOf(refund), 'A refund did not go through', content);
    });
}

/** What an item changes about the errands; null when it is about none of them. */
export function hearErrand(state: EnrollmentState, item: InboxItem, turn: Turn): EnrollmentState | null {
  const errand = state.errands.find(
    (open) => answers(item, open) || (isStuckRefund(open) && decides(item, gateOf(open))),
  );
  if (!errand) return null;
  if (item.kind === 'gate') return errand.kind === 'refund' ? decided(state, errand, item, turn) : state;
  if (errand.kind === 'refund') return refundSettled(state, errand, item, turn);
  const skipped = text(item.payload, 'skipped') ?? (item.payload['state'] === 'suppressed' ? 'suppressed' : null);
  const status = item.kind === 'failed' ? 'failed' : skipped === null ? 'done' : 'skipped';
  const reason = item.kind === 'failed' ? failureOf(item.payload) : skipped;
  report(turn, errand, status, reason === null ? {} : { reason });
  return without(state, errand);
}

/**
 * An exit may have kept an errand's act from being done: mails and notes are left out, refunds are asked for again under
 * another visit. Their key at the provider stays, so that one done already is not done twice.
 */
export function interruptErrands(state: EnrollmentState, turn: Turn): EnrollmentState {
  let after = state;
  for (const errand of state.errands) {
    if (errand.kind !== 'refund') {
      report(turn, errand, 'skipped', { reason: 'ended before it was done' });
      after = without(after, errand);
    } else if (!errand.isStuck) {
      after = again(after, errand, {}, turn);
    }
  }
  return after;
}

/** The refunds that are not done yet. */
export function refundsOf(state: EnrollmentState): Refund[] {
  return state.errands.filter((errand): errand is Refund => errand.kind === 'refund');
}

function isStuckRefund(errand: Errand): errand is Refund {
  return errand.kind === 'refund' && errand.isStuck;
}

function gateOf(refund: Refund): { step: string; visit: number } {
  return { step: 'refund-stuck', visit: refund.visit };
}

function refundSettled(state: EnrollmentState, refund: Refund, item: InboxItem, turn: Turn): EnrollmentState {
  if (item.kind === 'performed' && item.payload['state'] !== 'unknown') return refundDone(state, refund, {}, turn);
  const reason = item.kind === 'failed' ? failureOf(item.payload) : 'the provider did not answer';
  report(turn, refund, 'failed', { reason });
  return replaced(state, refund, { ...refund, isStuck: true });
}

function decided(state: EnrollmentState, refund: Refund, item: InboxItem, turn: Turn): EnrollmentState {
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
  report(turn, refund, 'done', { amountMinor, ...detail });
  const money = { ...state.money, refunded: [...state.money.refunded, { paymentIntent, amountMinor }] };
  return { ...without(state, refund), money };
}

function again(state: EnrollmentState, refund: Refund, more: { tryNumber?: number }, turn: Turn): EnrollmentState {
  const next = visitStep(state, refund.step);
  const renewed = { ...refund, ...more, visit: next.visit, isStuck: false };
  report(turn, renewed, 'running', {});
  return replaced(next.state, refund, renewed);
}

function add(state: EnrollmentState, turn: Turn, step: string, make: (visit: number) => Errand): EnrollmentState {
  const next = visitStep(state, step);
  const errand = make(next.visit);
  report(turn, errand, 'running', {});
  return { ...next.state, errands: [...state.errands, errand] };
}

function without(state: EnrollmentState, errand: Errand): EnrollmentState {
  return { ...state, errands: state.errands.filter((other) => other !== errand) };
}

function replaced(state: EnrollmentState, errand: Errand, by: Errand): EnrollmentState {
  return { ...state, errands: state.errands.map((other) => (other === errand ? by : other)) };
}

const kinds = { mail: 'email', note: 'crm', refund: 'refund' } as const;

function report(
  turn: Turn,
  errand: Errand,
  status: StepChange['status'],
  detail: NonNullable<StepChange['detail']>,
): void {
  const { step, visit, title } = errand;
  turn.steps.push({ step, visit, kind: kinds[errand.kind], title, status, detail });
}
