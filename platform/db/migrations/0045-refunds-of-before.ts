import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/**
 * Refunds of before come into `money_back` from their effects. It reads the whole ledger, so it is apart from 0039, whose locks on payments and
 * enrollments would last as long. Repeatable.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, refundsOfBefore);
}

const refundsOfBefore = `
insert into money_back (workspace_id, id, kind, enrollment_id, payment_intent, amount_minor, currency, status, is_out, is_own)
select f.workspace_id, f.result ->> 'refundId', 'refund', e.id, f.request ->> 'paymentIntent', (f.request ->> 'amountMinor')::bigint,
  coalesce(f.request ->> 'currency', e.terms ->> 'currency'), 'succeeded', true, true
from effect f join enrollment e on e.workspace_id = f.workspace_id and e.run_id = f.run_id
where f.kind = 'payment' and f.state = 'done' and f.result ? 'refundId' and f.request ? 'paymentIntent' and f.request ? 'amountMinor'
on conflict do nothing;
`;
