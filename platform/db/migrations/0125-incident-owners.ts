import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/**
 * An incident has who looks after it, how much it hurts, and may be ignored until an instant or until it hurts more. An ignored one is not
 * counted for who is called at night.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, columns);
  await statements(db, figures);
}

const columns = `
alter table incident
  add column size int not null default 1,
  add column owner_id uuid,
  add column owned_at timestamptz,
  add column ignored_at timestamptz,
  add column ignored_until timestamptz,
  add column ignored_above int,
  add column ignored_because text,
  add constraint incident_size check (size >= 1),
  add constraint incident_owner_is_whole check (num_nulls(owner_id, owned_at) in (0, 2)),
  add constraint incident_ignored_is_whole check (num_nulls(ignored_at, ignored_until, ignored_above, ignored_because) in (0, 4));
create index incident_ignored on incident (workspace_id, id) where ignored_at is not null and state = 'open';
`;

const figures = `
create or replace function operating_figures() returns table (name text, label text, value double precision)
  language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select 'runs', status, count(*)::double precision from run where ended_at is null group by status
  union all select 'outbox_waiting', '', count(*) filter (where parked_at is null) from outbox
  union all select 'outbox_parked', '', count(*) filter (where parked_at is not null) from outbox
  union all select 'outbox_oldest_seconds', '', coalesce(extract(epoch from now() - min(at) filter (where parked_at is null)), 0) from outbox
  union all select 'incidents_open', kind, count(*) from incident where state = 'open'
    and not (ignored_at is not null and ignored_until > now() and size <= ignored_above) group by kind
  union all select 'effects_unknown', kind, count(*) from effect where state = 'unknown' group by kind
  union all select 'gates_open', '', count(*) from gate where status = 'open'
$$;
`;
