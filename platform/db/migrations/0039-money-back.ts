import { sql, type Kysely } from 'kysely';
import { protect, statements } from './row-security.ts';

/**
 * Refunds and disputes by the provider's ids, wherever they were made: with the payments they are the books. Refunds of before come from their
 * effects. A webhook about one names a payment and knows no workspace.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, table);
  await protect(db, 'money_back', ['select', 'insert', 'update']);
  await statements(db, refundsOfBefore);
  await sql`create function enrollment_of_payment(wanted text) returns table (workspace_id uuid, enrollment_id uuid)
    language sql stable security definer set search_path = public
    as $$ select p.workspace_id, p.enrollment_id from payment p where p.payment_intent = wanted and p.status = 'paid' $$`.execute(
    db,
  );
  await sql`revoke all on function enrollment_of_payment(text) from public`.execute(db);
  await sql`grant execute on function enrollment_of_payment(text) to tl_app`.execute(db);
}

const table = `
create table money_back (
  workspace_id uuid not null,
  id text not null,
  kind text not null check (kind in ('refund', 'dispute')),
  enrollment_id uuid not null,
  payment_intent text not null,
  amount_minor bigint not null,
  currency text not null,
  status text not null,
  is_out boolean not null,
  is_own boolean not null,
  seen_at timestamptz not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id, enrollment_id) references enrollment (workspace_id, id)
);
create index money_back_of_enrollment on money_back (workspace_id, enrollment_id);
create index payment_of_intent on payment (payment_intent) where payment_intent is not null;
`;

const refundsOfBefore = `
insert into money_back (workspace_id, id, kind, enrollment_id, payment_intent, amount_minor, currency, status, is_out, is_own)
select f.workspace_id, f.result ->> 'refundId', 'refund', e.id, f.request ->> 'paymentIntent', (f.request ->> 'amountMinor')::bigint,
  coalesce(f.request ->> 'currency', e.terms ->> 'currency'), 'succeeded', true, true
from effect f join enrollment e on e.workspace_id = f.workspace_id and e.run_id = f.run_id
where f.kind = 'payment' and f.state = 'done' and f.result ? 'refundId' and f.request ? 'paymentIntent' and f.request ? 'amountMinor'
on conflict do nothing;
`;
