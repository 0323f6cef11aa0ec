import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/**
 * The audit log is append-only for everyone: an entry's words never change, and its place in the chain is written once. And one
 * function that counts what operators watch, over all workspaces. Code of before neither changes entries nor knows the function.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, appendOnly);
  await statements(db, figures);
}

const appendOnly = `
create function keep_audit_entry() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if old.hash is null and row(new.workspace_id, new.id, new.at, new.actor_kind, new.actor_id, new.act, new.subject_kind,
        new.subject_id, new.detail, new.request_id)
      is not distinct from row(old.workspace_id, old.id, old.at, old.actor_kind, old.actor_id, old.act, old.subject_kind,
        old.subject_id, old.detail, old.request_id) then
      return new;
    end if;
  end if;
  raise exception 'the audit log is append-only' using errcode = 'restrict_violation';
end $$;
create trigger audit_entry_is_kept before update or delete on audit_entry for each row execute function keep_audit_entry();
create trigger audit_entry_is_not_emptied before truncate on audit_entry for each statement execute function keep_audit_entry();
`;

const figures = `
create function operating_figures() returns table (name text, label text, value double precision)
  language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select 'runs', status, count(*)::double precision from run where ended_at is null group by status
  union all select 'outbox_waiting', '', count(*) filter (where parked_at is null) from outbox
  union all select 'outbox_parked', '', count(*) filter (where parked_at is not null) from outbox
  union all select 'outbox_oldest_seconds', '', coalesce(extract(epoch from now() - min(at) filter (where parked_at is null)), 0) from outbox
  union all select 'incidents_open', kind, count(*) from incident where state = 'open' group by kind
  union all select 'effects_unknown', kind, count(*) from effect where state = 'unknown' group by kind
  union all select 'gates_open', '', count(*) from gate where status = 'open'
$$;
revoke all on function operating_figures() from public;
grant execute on function operating_figures() to tl_app;
`;
