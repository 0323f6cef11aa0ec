import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/**
 * A message about an event says when the event was received: a run that begins to listen later must know whether it came before a timer.
 * Code of before does not look at it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, payload);
}

const payload = `
create or replace function event_payload(e event, w wait) returns jsonb language sql immutable as $$
  select jsonb_build_object('name', e.name, 'key', e.key, 'properties', e.properties, 'occurredAt', e.occurred_at,
    'receivedAt', e.received_at, 'purpose', coalesce(w.purpose, 'wait'), 'step', w.step, 'visit', w.visit)
$$;
`;
