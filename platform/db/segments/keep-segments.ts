import { sql } from 'kysely';
import type { Condition } from '../../../contracts/journeys/conditions.schema.ts';
import { membershipEvents } from '../../../contracts/segments/membership-events.ts';
import { readsOf } from '../../../domain/segments/reads-of.ts';
import { resolveRule, type Rules } from '../../../domain/segments/resolve-rule.ts';
import { newId } from '../../ids.ts';
import { lockContactsById } from '../contacts/contacts.ts';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import { inTransaction, type Tx } from '../core/workspace.ts';
import { type KeptSegment, type MemberChange, type Suspect, updateMembers } from './update-members.ts';
import { type IncomingEvent, takeInEvents } from '../journeys/event-intake.ts';
import { tryLockSegments } from './segments.ts';

/** Notes of what has changed, and windows that have run out, which one pass takes. */
const mostNotes = 250;
/** Notes times segments: what a pass asks at most, some seconds where a machine is busy. */
const mostAsked = 10_000;
/** Events that are taken in at once. */
const mostEvents = 250;
/** Contacts that one pass looks at for a segment that is being built: some 100 ms. */
const mostBuilt = 1_000;
/** Parts into which the counts of a workspace may fall before a pass adds them up. */
const mostParts = 100;

/**
 * One pass over the segments of every workspace that has something to keep: what writes have noted, windows that have run out, and the next people of
 * segments that are being built. Several processes may do it at once: a workspace has one at a time. @returns how many contacts were looked at
 */
export async function keepSegments(db: Db, signal?: AbortSignal): Promise<number> {
  let looked = 0;
  const faults: unknown[] = [];
  for (const { id: workspaceId, isBuilding } of await workspacesToKeep(db)) {
    if (signal?.aborted === true) break;
    try {
      looked += await inTransaction(db, (tx) => keepNoted(tx, workspaceId));
      if (isBuilding) looked += await inTransaction(db, (tx) => buildNext(tx, workspaceId));
    } catch (error) {
      // It is tried again; the other workspaces go on.
      faults.push(error);
    }
  }
  if (faults.length > 0) throw new AggregateError(faults, `The segments of ${faults.length} workspaces were not kept`);
  return looked;
}

/**
 * Takes what writes have noted and windows that have run out, and takes in as events who has entered and left: what begins journeys, wakes runs and
 * ends them. One transaction: whatever dies, nothing is lost and nothing happens twice. @returns how many notes it took
 */
export async function keepNoted(tx: Tx, workspaceId: string): Promise<number> {
  if (!(await tryLockSegments(tx, workspaceId))) return 0;
  const { now, segments } = await segmentsToKeep(tx, workspaceId);
  const most = Math.max(1, Math.min(mostNotes, Math.floor(mostAsked / Math.max(1, segments.length))));
  const notes = await takeNotes(tx, workspaceId, most);
  const dues = await takeDues(tx, workspaceId, most);
  const asked = segments.map((segment) => ({ segment, suspects: suspectsOf(segment, notes, dues) }));
  // First the contacts, in the order in which every path locks them: who enters or leaves is locked when events are taken in.
  const ids = [...new Set(asked.flatMap(({ suspects }) => suspects.map(({ id }) => id)))];
  if (ids.length > 0) await lockContactsById(tx, workspaceId, ids);
  const events: IncomingEvent[] = [];
  for (const { segment, suspects } of asked) {
    const changes = suspects.length > 0 ? await updateMembers(tx, segment, suspects, now) : [];
    events.push(...changes.map((change) => eventOf(segment, change, now)));
  }
  for (let at = 0; at < events.length; at += mostEvents)
    await takeInEvents(tx, workspaceId, events.slice(at, at + mostEvents));
  await addUp(tx, workspaceId);
  return notes.length + dues.length;
}

/** Looks at the next people of a segment that is being built; they are in it as from before, and enter no journey by it. @returns how many */
export async function buildNext(tx: Tx, workspaceId: string): Promise<number> {
  if (!(await tryLockSegments(tx, workspaceId))) return 0;
  const { now, segments } = await segmentsToKeep(tx, workspaceId);
  const building = segments.find(({ canBuild }) => canBuild);
  return building ? build(tx, building, now) : 0;
}

function eventOf({ slug }: Kept, { contact, hasEntered }: MemberChange, now: number): IncomingEvent {
  const name = hasEntered ? membershipEvents.entered : membershipEvents.left;
  const occurredAt = new Date(now).toISOString();
  return { id: `$segment/${newId()}`, name, contact, key: slug, occurredAt, properties: { segment: slug } };
}

type Kept = KeptSegment & {
  slug: string;
  reads: ReadonlySet<string>;
  isBuilding: boolean;
  canBuild: boolean;
  cursor: string | null;
};

/** What writes have noted of a contact; `what` null: everything. */
type Note = { contactId: string; what: readonly string[] | null };
type Due = { segmentId: string; contactId: string };

async function workspacesToKeep(db: Db): Promise<{ id: string; isBuilding: boolean }[]> {
  const { rows } = await sql<{ id: string; isBuilding: boolean }>`
    select w.id, w."isBuilding" from (select workspace_id as id, bool_or(state = 'building') as "isBuilding" from segment group by workspace_id) w
    where w."isBuilding" or exists (select from segment_dirty d where d.workspace_id = w.id)
      or exists (select from segment_due d where d.workspace_id = w.id and d.at <= now())`.execute(kysely(db));
  return rows;
}

/** A segment is built once all that was under way when it was made has ended: until then a write may have noted nobody. */
async function segmentsToKeep(tx: Tx, workspaceId: string): Promise<{ now: number; segments: Kept[] }> {
  const { rows } = await sql<{
    id: string;
    slug: string;
    rule: Condition;
    is_building: boolean;
    can_build: boolean;
    cursor: string | null;
    now: number;
  }>`
    select id, slug, rule, state = 'building' as is_building, cursor,
      state = 'building' and born < pg_snapshot_xmin(pg_current_snapshot()) as can_build,
      floor(extract(epoch from now()) * 1000)::float8 as now from segment where workspace_id = ${workspaceId} order by id`.execute(
    kysely(tx),
  );
  const rules: Rules = new Map(rows.map(({ slug, rule }) => [slug, rule]));
  const segments = rows.map((row): Kept => {
    const resolved = resolveRule(row.rule, row.slug, rules);
    // A rule that cannot be resolved is not stored.
    const rule = resolved.kind === 'resolved' ? resolved.rule : nobody;
    const { id, cursor, is_building: isBuilding, can_build: canBuild } = row;
    return { workspaceId, id, slug: row.slug, rule, reads: new Set(readsOf(rule)), isBuilding, canBuild, cursor };
  });
  return { now: rows[0]?.now ?? 0, segments };
}

const nobody: Condition = { kind: 'any', of: [] };

async function takeNotes(tx: Tx, workspaceId: string, most: number): Promise<Note[]> {
  const { rows } = await sql<Note>`
    with gone as (delete from segment_dirty d using (select id from segment_dirty where workspace_id = ${workspaceId} order by id limit ${most}) n
      where d.workspace_id = ${workspaceId} and d.id = n.id returning d.id, d.contact_id, d.what)
    select contact_id as "contactId", what from gone order by id`.execute(kysely(tx));
  return rows;
}

async function takeDues(tx: Tx, workspaceId: string, most: number): Promise<Due[]> {
  const { rows } = await sql<Due>`
    delete from segment_due d using (select segment_id, contact_id from segment_due where workspace_id = ${workspaceId} and at <= now()
      order by at limit ${most}) n
    where d.workspace_id = ${workspaceId} and d.segment_id = n.segment_id and d.contact_id = n.contact_id
    returning d.segment_id as "segmentId", d.contact_id as "contactId"`.execute(kysely(tx));
  return rows;
}

/** Whom a segment is asked about, each once. Who is still to be reached by its building is left to that. */
function suspectsOf(segment: Kept, notes: readonly Note[], dues: readonly Due[]): Suspect[] {
  const reasons = new Map<string, string>();
  for (const { segmentId, contactId } of dues) if (segmentId === segment.id) reasons.set(contactId, 'clock');
  for (const { contactId, what } of notes) {
    const named = what?.find((name) => segment.reads.has(name));
    if (named !== undefined) reasons.set(contactId, named);
    else if (what === null && !reasons.has(contactId)) reasons.set(contactId, 'new');
  }
  const isReached = (id: string): boolean => !segment.isBuilding || (segment.cursor !== null && id <= segment.cursor);
  return [...reasons].filter(([id]) => isReached(id)).map(([id, reason]) => ({ id, reason }));
}

/** Looks at the next people of a segment that is being built. @returns how many */
async function build(tx: Tx, segment: Kept, now: number): Promise<number> {
  const { workspaceId, id, cursor } = segment;
  const { rows } = await sql<{ id: string }>`
    select id from contact where workspace_id = ${workspaceId} and (${cursor}::uuid is null or id > ${cursor}::uuid)
    order by id limit ${mostBuilt}`.execute(kysely(tx));
  const suspects = rows.map((row) => ({ id: row.id, reason: 'rule' }));
  if (suspects.length > 0) await updateMembers(tx, segment, suspects, now);
  const isOver = rows.length < mostBuilt;
  await sql`update segment set cursor = ${isOver ? null : (rows.at(-1)?.id ?? null)}::uuid, looked = looked + ${rows.length}::int,
    state = ${isOver ? 'ready' : 'building'} where workspace_id = ${workspaceId} and id = ${id}`.execute(kysely(tx));
  return Math.max(rows.length, 1);
}

/** Makes one part of the counts again, where they have come to many. */
async function addUp(tx: Tx, workspaceId: string): Promise<void> {
  await sql`
    with many as (select segment_id from segment_tally where workspace_id = ${workspaceId} group by segment_id having count(*) > ${mostParts}),
    gone as (delete from segment_tally t using many where t.workspace_id = ${workspaceId} and t.segment_id = many.segment_id returning t.segment_id, t.n)
    insert into segment_tally (workspace_id, segment_id, n) select ${workspaceId}::uuid, segment_id, sum(n) from gone group by segment_id`.execute(
    kysely(tx),
  );
}
