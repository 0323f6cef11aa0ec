import { sql, type RawBuilder } from 'kysely';
import { lockContacts } from '../contacts/contacts.ts';
import { isoOf, receivedNow, type StoredEvent } from '../contacts/events.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';
import {
  advanceBulk,
  BulkEnded,
  type BulkRow,
  cancelBulk,
  findBulk,
  insertBulk,
  type NewBulk,
  releaseBulk,
} from '../bulk/bulk-operations.ts';
import { enterJourneys } from './event-intake.ts';
import { journeyById, type JourneyRow } from './journeys.ts';

/** Contacts that enter in one transaction: some 50 ms, so that the change feed never stalls. */
const CHUNK = 200;

/** What lets in, piece by piece, who was kept while a journey was paused; null where nobody was. The journey is locked. */
export async function beginEntering(
  tx: Tx,
  journey: JourneyRow,
  of: Pick<NewBulk, 'actor' | 'requestedBy' | 'reason'>,
): Promise<BulkRow | null> {
  if (journey.paused_at === null) return null;
  const total = await countKept(tx, journey);
  const about = { workspaceId: journey.workspace_id, kind: 'enter', selection: {}, subjectId: journey.id } as const;
  return insertBulk(tx, { ...of, ...about, total });
}

/**
 * Lets the next of them in, and ends where none is left, or the journey does not go on. The request that resumes a journey and the runner come here
 * at once: one waits for the other, and goes on from where it has come. @returns whether more is to do
 * @throws BulkEnded where a pause came first: what was let in here is taken back, and kept on
 */
export async function enterNext(tx: Tx, { workspace_id: workspaceId, id }: BulkRow): Promise<boolean> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${id}, 7408))`.execute(kysely(tx));
  const bulk = await findBulk(tx, workspaceId, id);
  if (bulk?.state !== 'running') return false;
  const journey = await journeyById(tx, workspaceId, bulk.subject_id);
  if (journey?.status !== 'live') {
    await cancelBulk(tx, { workspaceId, id });
    return false;
  }
  const { cursor, count } = await enterKept(tx, journey, bulk.cursor);
  if (cursor === null) await forgetKept(tx, journey);
  if (!(await advanceBulk(tx, bulk, { cursor, done: count, refused: 0, isOver: cursor === null })))
    throw new BulkEnded();
  // The request does no more: what is left goes on at once, not after a lease.
  await releaseBulk(tx, bulk);
  return cursor !== null;
}

/** How many contacts have done since the journey was paused what lets people in, and are kept; conditions of the entry are not looked at. */
export async function countKept(tx: Tx, journey: JourneyRow): Promise<number> {
  if (journey.paused_at === null) return 0;
  const { rows } = await sql<{ count: number }>`
    select count(distinct e.contact_id)::int as count ${keptEvents(journey)}`.execute(kysely(tx));
  return rows[0]?.count ?? 0;
}

/**
 * Lets the next contacts into a live journey who would have entered while it was paused, in the order of their ids after `after`. They enter now.
 * Repeatable: an event that has begun a run begins no other. @returns the last of them, null when none is left, and how many
 */
async function enterKept(
  tx: Tx,
  journey: JourneyRow,
  after: string | null,
): Promise<{ cursor: string | null; count: number }> {
  if (journey.paused_at === null) return { cursor: null, count: 0 };
  const { rows: chosen } = await sql<{ id: string; external_id: string }>`
    select c.id, c.external_id from contact c
    where c.workspace_id = ${journey.workspace_id} and (${after}::uuid is null or c.id > ${after}::uuid)
      and c.id in (select e.contact_id ${keptEvents(journey)})
    order by c.id limit ${CHUNK}`.execute(kysely(tx));
  if (chosen.length === 0) return { cursor: null, count: 0 };
  const contacts = await lockContacts(
    tx,
    journey.workspace_id,
    chosen.map((contact) => contact.external_id),
  );
  const ids = [...contacts.values()].map(({ id }) => id);
  const { rows } = await sql<StoredEvent>`
    select e.id, e.name, e.contact_id as "contactId", e.key, e.properties, ${isoOf('e.occurred_at')} as "occurredAt",
      ${isoOf('e.received_at')} as "receivedAt" ${keptEvents(journey)} and e.contact_id = any(${ids}::uuid[])
    order by e.occurred_at, e.received_at`.execute(kysely(tx));
  const where = { journeyId: journey.id, enteredAt: await receivedNow(tx) };
  await enterJourneys(tx, journey.workspace_id, rows, [...contacts.values()], where);
  const isLast = chosen.length < CHUNK;
  return { cursor: isLast ? null : (chosen.at(-1)?.id ?? null), count: chosen.length };
}

/** Notes that all who were kept have entered. */
async function forgetKept(tx: Tx, journey: JourneyRow): Promise<void> {
  await sql`update journey set paused_at = null where workspace_id = ${journey.workspace_id} and id = ${journey.id}
    and status <> 'paused'`.execute(kysely(tx));
}

/** The entry events since the pause that have begun no run, where the live version keeps them. */
function keptEvents(journey: JourneyRow): RawBuilder<unknown> {
  return sql`from journey_version v
    join event e on e.workspace_id = v.workspace_id and e.name = any(v.entry_events) and e.received_at >= ${journey.paused_at}
      and not e.is_history
    where v.workspace_id = ${journey.workspace_id} and v.journey_id = ${journey.id} and v.version = ${journey.live_version}
      and coalesce(v.definition ->> 'pausedEntries', 'keep') = 'keep'
      and not exists (select from journey_run r where r.workspace_id = e.workspace_id and r.contact_id = e.contact_id
        and r.journey_id = v.journey_id and r.entry ->> 'eventId' = e.id)`;
}
