import { money } from '../../domain/words/amounts.ts';
import { escapeHtml, page } from '../control/page.ts';
import type { Session } from './payment.schema.ts';

/** The page on which a person pays a session of the double, or lets the bank decline. Plain form posts, no script. */
export function payPage(input: { session: Session; note?: string }): string {
  const { session } = input;
  const amount = money(session.amount_total, session.currency.toUpperCase());
  const note = input.note === undefined ? '' : `<p class="note">${escapeHtml(input.note)}</p>`;
  return page({
    title: 'Test payment',
    body: `<p class="note">No money moves here: this is the payment double of a local Throughline.</p>${note}
      <dl>
        <dt>For</dt><dd>${escapeHtml(session.description)}</dd>
        <dt>Amount</dt><dd><strong>${escapeHtml(amount)}</strong></dd>
        <dt>Reference</dt><dd><code>${escapeHtml(session.client_reference_id ?? session.id)}</code></dd>
        <dt>State</dt><dd>${session.payment_status === 'paid' ? 'paid' : session.status}</dd>
      </dl>
      ${session.status === 'open' ? buttons(session.id) : ''}`,
  });
}

function buttons(id: string): string {
  return `<form method="post" action="/pay/${encodeURIComponent(id)}">
    <button name="outcome" value="pay">Pay</button>
    <button name="outcome" value="decline" class="plain">Let the bank decline</button>
  </form>`;
}
