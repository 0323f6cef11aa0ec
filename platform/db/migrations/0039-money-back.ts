import { sql, type Kysely } from 'kysely';
import { protect, statements } from './row-security.ts';

/**
 * Refunds and disputes by the provider's ids, wherever they were made: with the payments they are the books. A webhook about one
 * names a payment and knows no workspace.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, table);
  await protect(db, 'money_back', ['select', 'insert', 'update']);
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
