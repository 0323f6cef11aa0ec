import { paymentMail } from '../mails.ts';
import { failureOf, text } from '../read.ts';
import { sendMail } from '../side-tasks.ts';
import { leave, toClosing } from '../transitions.ts';
import { answers, at, line, nothingOpen, openAction } from '../turn.ts';
import { defineStage } from './stage.ts';
import type { StageOf } from '../state.ts';
import { leaveAtOnce } from '../leave-requests.ts';

/** Has a checkout made and waits for the money while the seat is held. The money itself is received at any stage. */
export const payment = defineStage<StageOf<'payment'>>({
  leadsTo: ['confirming', 'closing'],

  lifecycle: () => 'awaitingPayment',

  open({ visit, expiresAt, isMade }, _state, { terms }) {
    if (isMade) return { ...nothingOpen, dueAt: expiresAt };
    const { priceMinor: amountMinor, currency } = terms;
    const description = `${terms.courseTitle}, ${terms.runTitle}`;
    const params = { key: `checkout/${visit}`, amountMinor, currency, description, expiresAt };
    return {
      actions: [openAction('createCheckout', { step: 'checkout', visit }, params)],
      gates: [],
      dueAt: expiresAt,
    };
  },

  receive(state, stage, item, turn) {
    const step = { step: 'checkout', visit: stage.visit } as const;
    if (!answers(item, step) || stage.isMade) return state;
    const url = text(item.payload, 'url');
    if (item.kind === 'failed' || url === null) {
      const reason = `no payment could be asked for (${failureOf(item.payload)})`;
      leave(state, turn, 'failed', { reason });
      return toClosing(state, turn, { outcome: 'paymentUnavailable', reason });
    }
    const detail = { url, checkoutId: text(item.payload, 'checkoutId') };
    line(turn, step, 'waiting', { waitingFor: 'event', dueAt: stage.expiresAt, detail });
    const made = at(state, { ...stage, isMade: true });
    return sendMail(made, turn, 'payment-mail', 'Mail: pay for the seat', paymentMail(turn.terms, { ...stage, url }));
  },

  due(state, _stage, turn) {
    leave(state, turn, 'skipped', { reason: 'not paid in time' });
    return toClosing(state, turn, { outcome: 'holdExpired', reason: 'the seat was not paid for in time' });
  },

  grant: leaveAtOnce,
});
