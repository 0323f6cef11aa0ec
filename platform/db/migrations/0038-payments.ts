import { sql, type Kysely } from 'kysely';
import { statements } from './row-security.ts';

/**
 * A checkout may be complete with its money on its way (`underWay`), which may fail; of what was paid the row says what came and when. Code of
 * before writes neither: there what came is what was asked. A webhook names a checkout and knows no workspace.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, columns);
  await sql`create function enrollment_of_checkout(wanted text) returns table (workspace_id uuid, enrollment_id uuid)
    language sql stable security definer set search_path = public
    as $$ select p.workspace_id, p.enrollment_id from payment p where p.checkout_id = wanted $$`.execute(db);
  await sql`revoke all on function enrollment_of_checkout(text) from public`.execute(db);
  await sql`grant execute on function enrollment_of_checkout(text) to tl_app`.execute(db);
}

const columns = `
alter table payment drop constraint payment_status_check,
  add constraint payment_status_check check (status in ('open', 'underWay', 'failed', 'paid', 'expired')),
  add column received_minor bigint,
  add column received_currency text,
  add column paid_at timestamptz;
create index payment_of_checkout on payment (checkout_id);
`;
