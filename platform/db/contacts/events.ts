import { sql, type RawBuilder } from 'kysely';
import type { JsonObject } from '../../../contracts/core/machine.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** An instant of a column as ISO 8601 with microseconds, by which events are ordered. */
export function isoOf(column: string): RawBuilder<string> {
  return sql`to_char(${sql.raw(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}

/** The database's clock, by which events are ordered: ISO 8601 with microseconds. */
export async function receivedNow(tx: Tx): Promise<string> {
  const { rows } = await sql<{ now: string }>`
    select ${isoOf('clock_timestamp()')} as now`.execute(kysely(tx));
  return rows[0]?.now ?? new Date().toISOString();
}

/** An event to be stored, of a locked contact. `occurredAt` is ISO 8601. */
export type NewEvent = {
  id: string;
  name: string;
  contactId: string;
  key: string | null;
  occurredAt: string;
  properties: JsonObject;
};

/** A stored event; `receivedAt` is ISO 8601 with microseconds, by which the events of a call keep their order. */
export type StoredEvent = NewEvent & { receivedAt: string };

/**
 * The parts of a statement that store events in the order given, each a microsecond after the one before, as rows of `stored`. An id that the
 * workspace knows already, also from earlier in the same list, is left alone. Those of `isHistory` are received by no run, now or later.
 */
export function storedEvents(
  workspaceId: string,
  events: readonly NewEvent[],
  { isHistory }: { isHistory: boolean },
): RawBuilder<unknown> {
  const rows = JSON.stringify(
    events.map(({ id, name, contactId, key, occurredAt, properties }, ord) => ({
      id,
      name,
      contact_id: contactId,
      key,
      occurred_at: occurredAt,
      properties,
      ord,
    })),
  );
  return sql`
    base as materialized (select clock_timestamp() as at), stored as (
      insert into event (workspace_id, id, name, contact_id, key, occurred_at, received_at, properties, is_history)
      select ${workspaceId}::uuid, e.id, e.name, e.contact_id, e.key, e.occurred_at, base.at + e.ord * interval '1 microsecond', e.properties, ${isHistory}
      from base, jsonb_to_recordset(${rows}::jsonb)
        as e(id text, name text, contact_id uuid, key text, occurred_at timestamptz, properties jsonb, ord int)
      order by e.ord
      on conflict (workspace_id, id) do nothing
      returning *
    )`;
}

/** What was stored of a list of events, by the ids and instants of `storedEvents`: of several with one id, the first. */
export function withReceivedAt<E extends NewEvent>(
  events: readonly E[],
  stored: readonly { id: string; receivedAt: string }[],
): (E & StoredEvent)[] {
  const receivedAt = new Map(stored.map((row) => [row.id, row.receivedAt]));
  return events.flatMap((event) => {
    const at = receivedAt.get(event.id);
    receivedAt.delete(event.id);
    return at === undefined ? [] : [{ ...event, receivedAt: at }];
  });
}

/** Those of events that have not been stored because another one has their id: of another name, person or key, or of another time. */
export async function eventsOfOtherId<E extends NewEvent>(
  tx: Tx,
  workspaceId: string,
  events: readonly E[],
): Promise<E[]> {
  if (events.length === 0) return [];
  const known = await kysely(tx)
    .selectFrom('event')
    .select(['id', 'name', 'contact_id', 'key', 'occurred_at'])
    .where('workspace_id', '=', workspaceId)
    .where(sql<boolean>`id = any(${events.map(({ id }) => id)}::text[])`)
    .execute();
  const stored = new Map(known.map((event) => [event.id, event]));
  return events.filter(({ id, name, contactId, key, occurredAt }) => {
    const one = stored.get(id);
    const isSame = one?.name === name && one.contact_id === contactId && one.key === key;
    // Postgres rounds what is finer than it keeps, which may reach the next millisecond.
    const isThen = one !== undefined && Math.abs(one.occurred_at.getTime() - Date.parse(occurredAt)) <= 1;
    return one !== undefined && !(isSame && isThen);
  });
}
