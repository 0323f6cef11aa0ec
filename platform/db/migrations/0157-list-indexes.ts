import { sql, type Kysely } from 'kysely';
import { buildIndex } from './migrate.ts';

/**
 * The indexes behind what happens next over all journeys, and where runs failed; those by which runs were counted go, as `run_tally` counts them. Tables
 * whose rows change all the time are tidied up sooner than after a fifth of them.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await buildIndex(db, { name: 'run_due', on: 'run (workspace_id, next_due_at, id) where ended_at is null' });
  await buildIndex(db, { name: 'run_failed', on: `run (workspace_id, subject_id, ended_at) where status = 'failed'` });
  await buildIndex(db, {
    name: 'effect_left_out',
    on: `effect (workspace_id, state, id desc) where state in ('suppressed', 'resolved')`,
  });
  await buildIndex(db, { name: 'audit_entry_of_act', on: 'audit_entry (workspace_id, act, id desc)' });
  await buildIndex(db, {
    name: 'run_position_in_journey',
    on: 'run_position (workspace_id, subject_id, step, run_id)',
  });
  await sql`drop index concurrently if exists run_counts`.execute(db);
  for (const table of ['run', 'run_inbox', 'wait', 'run_position', 'outbox', 'effect', 'step'])
    await sql`alter table ${sql.table(table)} set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02)`.execute(
      db,
    );
  for (const table of ['run_tally', 'run_hour', 'step_tally', 'step_way'])
    await sql`alter table ${sql.table(table)} set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000)`.execute(
      db,
    );
  await sql.raw(figures).execute(db);
}

const figures = `
create or replace function operating_figures() returns table (name text, label text, value double precision)
  language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select 'runs', status, sum(n)::double precision from run_tally where is_live group by status having sum(n) <> 0
  union all select 'outbox_waiting', '', count(*) filter (where parked_at is null) from outbox
  union all select 'outbox_parked', '', count(*) filter (where parked_at is not null) from outbox
  union all select 'outbox_oldest_seconds', '', coalesce(extract(epoch from now() - min(at) filter (where parked_at is null)), 0) from outbox
  union all select 'incidents_open', kind, count(*) from incident where state = 'open'
    and not (ignored_at is not null and ignored_until > now() and size <= ignored_above) group by kind
  union all select 'effects_unknown', kind, count(*) from effect where state = 'unknown' group by kind
  union all select 'gates_open', '', count(*) from gate where status = 'open'
$$;
`;

/** Indexes are built while everything goes on. */
export const transaction = false;
