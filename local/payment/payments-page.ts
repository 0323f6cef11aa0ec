import { money } from '../../domain/words/amounts.ts';
import { escapeHtml, page } from '../control/page.ts';
import type { PaymentAct } from './payment-double.ts';
import type { Session } from './payment.schema.ts';
import type { PaymentStore } from './payment-store.ts';

/** How many sessions the page shows, the newest first. */
const shown = 50;

/** The sessions of the double, each with a button for what can be done to it now. Plain form posts, no script. */
export function paymentsPage(store: PaymentStore): string {
  const sessions = store.sessions.values().slice(-shown).toReversed();
  const rows = sessions.map((session) => {
    const buttons = actsOf(session, store).map(([act, label]) => button(session, act, label));
    return `<tr><td>${escapeHtml(session.description)}<br><code>${session.id}</code></td>
      <td>${money(session.amount_total, session.currency.toUpperCase())}</td><td>${stateOf(session, store)}</td><td>${buttons.join(' ')}</td></tr>`;
  });
  const head =
    '<tr><th>For</th><th>Amount</th><th>State</th><th>What its payer, their bank or the school does</th></tr>';
  const body =
    rows.length === 0
      ? '<p class="note">No checkout was made yet.</p>'
      : `<table><thead>${head}</thead><tbody>${rows.join('')}</tbody></table>`;
  return page({ title: 'Payments', body, isWide: true });
}

function actsOf(session: Session, store: PaymentStore): [PaymentAct, string][] {
  if (session.status === 'open')
    return [
      ['pay', 'Pay'],
      ['delay', 'Pay by bank debit'],
      ['expire', 'Expire'],
    ];
  const { payment_intent: intent } = session;
  if (intent === null) return [];
  if (store.intents.get(intent)?.status === 'processing')
    return [
      ['succeed', 'The money arrives'],
      ['fail', 'The debit fails'],
    ];
  if (session.payment_status !== 'paid') return [];
  if (disputeOf(session, store) === 'needs_response')
    return [
      ['win', 'The school wins'],
      ['lose', 'The payer wins'],
    ];
  return [
    ['refund', 'Refund at Stripe'],
    ['failRefund', 'The refund comes back'],
    ['dispute', 'Dispute'],
  ];
}

function stateOf(session: Session, store: PaymentStore): string {
  const { payment_intent: intent } = session;
  const refunded = store.refunds
    .values()
    .filter((refund) => refund.payment_intent === intent && refund.status === 'succeeded')
    .reduce((sum, { amount }) => sum + amount, 0);
  const dispute = disputeOf(session, store);
  const back = refunded === 0 ? '' : `, ${money(refunded, session.currency.toUpperCase())} refunded`;
  return `${session.status}, ${session.payment_status}${back}${dispute === undefined ? '' : `, dispute ${dispute}`}`;
}

function disputeOf({ payment_intent: intent }: Session, store: PaymentStore): string | undefined {
  return store.disputes.values().findLast((dispute) => dispute.payment_intent === intent)?.status;
}

function button({ id }: Session, act: PaymentAct, label: string): string {
  return `<form method="post" action="/payment/sessions/${id}/${act}" style="display:inline"><button class="plain">${label}</button></form>`;
}
