import type { MailboxItem } from '../../../contracts/core/machine.ts';
import type { Action } from '../../../contracts/core/actions.ts';
import { nothingOpen, openAction } from '../../machine/open.ts';
import { answers, failureOf, text } from '../../machine/received.ts';
import { earlier, isReached, plus } from '../../time/time.ts';
import { isOver } from '../dates/dates.ts';
import { paymentMail } from '../mails.ts';
import {
  askAgain,
  endHold,
  keepForMovedEnd,
  keepUntil,
  moneyFailed,
  newLink,
  notPaid,
  putOffHold,
} from '../money/checkouts.ts';
import { findMoney, paymentOf } from '../money/receive-payment.ts';
import { askAgainAt, linkEndsAt, looksEvery } from '../money/times.ts';
import { sendMail } from '../side-tasks.ts';
import { leave, toClosing, toCourseRunEnded } from '../transitions.ts';
import { at, stageLine, type Turn } from '../turn.ts';
import { defineStage } from './stage.ts';
import type { EnrollmentState, PaymentStage } from '../state.ts';
import { leaveAtOnce } from '../leave-requests.ts';
import { moreTime, sayMoreTime } from '../more-time.ts';

/**
 * Has a checkout made and waits for the money while the seat is held, with a new checkout where one ends before the hold. No hold ends before
 * its learner has had a link for as long as it lasts, however long the provider is away, and for some days also the mail server. Money that is on its way is looked for once a day. The money itself is received at any stage.
 */
export const payment = defineStage<PaymentStage>({
  leadsTo: ['confirming', 'closing'],

  line: () => ({ step: 'checkout', kind: 'payment', title: 'Payment' }),

  lifecycle: () => 'awaitingPayment',

  takesMoney: () => true,

  moveDates: (state, stage, _before, turn) => keepForMovedEnd(state, stage, turn),

  open: (stage, state, turn) => ({
    ...nothingOpen,
    actions: openActions(stage, state, turn),
    dueAt: turn.terms.endsAt === null ? dueAt(stage, state) : earlier(dueAt(stage, state), turn.terms.endsAt),
  }),

  receive(state, stage, item, turn) {
    if (stage.keep && answers(item, keepStep(stage.keep))) return at(state, withoutKeep(stage));
    if (stage.look?.isOpen && answers(item, lookStep(stage.look))) return looked(state, stage, item, turn);
    const until = stage.underWayUntil === undefined ? moreTime(item, stage.expiresAt) : null;
    if (until !== null) return keptLonger(state, stage, until, turn);
    if (!answers(item, { step: 'checkout', visit: stage.visit }) || stage.isMade) return state;
    const url = text(item.payload, 'url');
    if (item.kind === 'failed' || url === null) {
      const reason = `no payment could be asked for (${failureOf(item.payload)})`;
      leave(state, turn, 'failed', { reason });
      return toClosing(state, turn, { outcome: 'paymentUnavailable', reason });
    }
    const checkoutId = text(item.payload, 'checkoutId');
    const made = at(state, { ...stage, isMade: true });
    const kept = putOffHold(made, item.at, turn);
    const { expiresAt } = kept.stage.kind === 'payment' ? kept.stage : stage;
    stageLine(turn, stage, 'waiting', { waitingFor: 'event', dueAt: expiresAt, detail: { url, checkoutId } });
    return sendMail(kept, turn, 'payment-mail', 'Mail: pay for the seat', paymentMail(turn.terms, { expiresAt, url }));
  },

  due(state, stage, turn) {
    const { underWayUntil, look, expiresAt } = stage;
    if (isOver(turn.terms, turn.now)) {
      leave(state, turn, 'skipped', { reason: 'the course run has ended' });
      return toCourseRunEnded(state, turn);
    }
    if (!stage.isMade) return askAgain(state, 'no link could be made yet', turn);
    if (underWayUntil === undefined)
      return isReached(expiresAt, turn.now) ? notPaid(state, turn) : newLink(state, 'the link has ended', turn);
    if (isReached(underWayUntil, turn.now)) return endHold(state, 'the money did not arrive in time', turn);
    return look ? at(state, { ...stage, look: { ...look, isOpen: true } }) : state;
  },

  grant: leaveAtOnce,
});

function openActions(
  { visit, isMade, keep, look, expiresAt, linkedUntil = expiresAt }: PaymentStage,
  state: EnrollmentState,
  turn: Turn,
): Action[] {
  const { priceMinor: amountMinor, currency, courseTitle, runTitle } = turn.terms;
  const description = `${courseTitle}, ${runTitle}`;
  const order = { key: `checkout/${visit}`, amountMinor, currency, description };
  const ends = { expiresAt: linkEndsAt(linkedUntil, state.openCheckout?.since ?? turn.now) };
  return [
    ...(isMade ? [] : [openAction('createCheckout', { step: 'checkout', visit }, { ...order, ...ends })]),
    ...(keep ? [openAction('keepSeat', keepStep(keep), { until: keep.until })] : []),
    ...(look?.isOpen
      ? [openAction('expireCheckout', lookStep(look), { checkout: state.openCheckout?.perform ?? '' })]
      : []),
  ];
}

function dueAt(
  { isMade, expiresAt, underWayUntil, look, linkedUntil = expiresAt }: PaymentStage,
  { openCheckout }: EnrollmentState,
): string {
  if (underWayUntil !== undefined) return look && !look.isOpen ? earlier(underWayUntil, look.at) : underWayUntil;
  if (!openCheckout) return expiresAt;
  const { since } = openCheckout;
  return isMade ? earlier(expiresAt, linkEndsAt(linkedUntil, since)) : askAgainAt(linkedUntil, since);
}

/** A person has given more time. The link that is there, or asked for, ends with the hold of before, and gets a successor then. */
function keptLonger(state: EnrollmentState, stage: PaymentStage, until: string, turn: Turn): EnrollmentState {
  stageLine(turn, stage, 'waiting', { waitingFor: 'event', dueAt: until });
  const { linkedUntil = stage.expiresAt } = stage;
  const kept = keepUntil(state, until, { ...stage, expiresAt: until, linkedUntil });
  // Else the mail with the link is still to come, and says until when.
  return stage.isMade ? sayMoreTime(kept, until, turn) : kept;
}

/** The provider was asked about money on its way; where it cannot say, it is asked again. */
function looked(state: EnrollmentState, stage: PaymentStage, item: MailboxItem, turn: Turn): EnrollmentState {
  const paid = item.payload['checkout'] === 'paid' ? paymentOf(item.payload, turn) : null;
  if (paid) return findMoney(state, paid, turn);
  const isOver = item.payload['checkout'] === 'expired' || item.payload['checkout'] === 'none';
  if (item.kind !== 'failed' && isOver) return moneyFailed(state, null, turn);
  const visit = (stage.look?.visit ?? 0) + 1;
  return at(state, { ...stage, look: { visit, at: plus(turn.now, looksEvery, 'UTC'), isOpen: false } });
}

function withoutKeep({ keep: _keep, ...stage }: PaymentStage): PaymentStage {
  return stage;
}

const keepStep = ({ visit }: { visit: number }) => ({ step: 'keep-seat', visit });
const lookStep = ({ visit }: { visit: number }) => ({ step: 'look-for-money', visit });
