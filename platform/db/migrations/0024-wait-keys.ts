import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/**
 * A visit may listen for several events of one name that differ in their key. Code of before finds its waits by the constraint without
 * the key, so that one stays: rows of such a visit have no purpose, which never collides there, and count as `wait`. A key comes from facts
 * and may be longer than an index takes.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, keys);
}

const keys = `
alter table wait alter column purpose drop not null;
create unique index wait_once on wait (workspace_id, run_id, step, visit, coalesce(purpose, 'wait'), event_name, md5(key)) nulls not distinct;

create or replace function event_ref(id text, step text, visit int, purpose text) returns text language sql immutable as $$
  select id || '/' || coalesce(purpose, 'wait') || '/' || step || '/' || visit
$$;

create or replace function event_payload(e event, w wait) returns jsonb language sql immutable as $$
  select jsonb_build_object('name', e.name, 'key', e.key, 'properties', e.properties, 'occurredAt', e.occurred_at,
    'purpose', coalesce(w.purpose, 'wait'), 'step', w.step, 'visit', w.visit)
$$;
`;
