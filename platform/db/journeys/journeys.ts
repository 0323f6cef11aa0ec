import { membershipEvents } from '../../../contracts/segments/membership-events.ts';
import { type RawBuilder, sql, type Selectable } from 'kysely';
import type { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import type { Execution } from '../../../contracts/runs/execution.schema.ts';
import type { JsonObject } from '../../../contracts/core/machine.ts';
import type { Database } from '../tables/tables.ts';
import { kysely } from '../core/kysely.ts';
import { type Reading, readOne } from '../core/readings.ts';
import type { Tx } from '../core/workspace.ts';

/** A journey's row. */
export type JourneyRow = Selectable<Database['journey']>;

/** Where a journey stands; only a `live` one takes people in. */
export type JourneyStatus = 'draft' | 'live' | 'paused' | 'stopped';

/** A journey that takes people in, with the version they follow. */
export type LiveJourney = {
  id: string;
  name: string;
  versionId: string;
  definition: JourneyDefinition;
  /** What works the run of who enters by an event or by hand. */
  execution: Execution;
  /** The member who published it. */
  publisher: string | null;
};

/** One journey by its slug; `lock` keeps it from changing until the transaction ends. */
export function findJourney(
  tx: Tx,
  workspaceId: string,
  slug: string,
  options: { lock: boolean } = { lock: false },
): Promise<JourneyRow | undefined> {
  const query = kysely(tx)
    .selectFrom('journey')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('slug', '=', slug)
    .$if(options.lock, (locked) => locked.forNoKeyUpdate());
  return query.executeTakeFirst();
}

/** One journey by its id. */
export function journeyById(tx: Tx, workspaceId: string, id: string | null): Promise<JourneyRow | undefined> {
  return kysely(tx)
    .selectFrom('journey')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .executeTakeFirst();
}

/** The slugs of journeys by their ids. */
export async function slugsOfJourneys(
  tx: Tx,
  workspaceId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await kysely(tx)
    .selectFrom('journey')
    .select(['id', 'slug'])
    .where('workspace_id', '=', workspaceId)
    .where('id', 'in', [...ids])
    .execute();
  return new Map(rows.map(({ id, slug }) => [id, slug]));
}

/** A page of journeys, newest first, below `before`; one more than `limit` shows that there is a next page. */
export function listJourneys(
  tx: Tx,
  page: { workspaceId: string; status: string | null; q: string | null; before: string | null; limit: number },
): Promise<JourneyRow[]> {
  let query = kysely(tx).selectFrom('journey').selectAll().where('workspace_id', '=', page.workspaceId);
  if (page.q !== null)
    query = query.where(sql<boolean>`position(${page.q.toLowerCase()} in lower(name || ' ' || slug)) > 0`);
  if (page.status !== null) query = query.where('status', '=', page.status);
  if (page.before !== null) query = query.where('id', '<', page.before);
  return query
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute();
}

/** Makes a journey with its first draft. @returns undefined when the slug is taken */
export function insertJourney(
  tx: Tx,
  journey: { workspaceId: string; slug: string; name: string; draft: JsonObject },
): Promise<JourneyRow | undefined> {
  return kysely(tx)
    .insertInto('journey')
    .values({
      workspace_id: journey.workspaceId,
      slug: journey.slug,
      name: journey.name,
      draft: JSON.stringify(journey.draft),
    })
    .onConflict((conflict) => conflict.columns(['workspace_id', 'slug']).doNothing())
    .returningAll()
    .executeTakeFirst();
}

/** What of a journey can change; `keepsOn`: those who were kept by the pause before are kept by this one. */
export type JourneyChange = {
  name?: string;
  draft?: JsonObject;
  status?: JourneyStatus;
  liveVersion?: number;
  keepsOn?: boolean;
};

/**
 * An intake that was under way lets nobody in any more, with events of a little before: transactions of requests last 2 s at most. Where not all who
 * were kept have entered when the next pause comes, they are kept on.
 */
const pausedNow = (keepsOn: boolean) =>
  keepsOn ? sql<Date>`coalesce(paused_at, now() - interval '5 seconds')` : sql<Date>`now() - interval '5 seconds'`;

/** Changes a locked journey and raises its `rev`. */
export function changeJourney(tx: Tx, row: JourneyRow, change: JourneyChange): Promise<JourneyRow> {
  return kysely(tx)
    .updateTable('journey')
    .set({
      ...(change.name === undefined ? {} : { name: change.name }),
      ...(change.draft === undefined ? {} : { draft: JSON.stringify(change.draft) }),
      ...(change.status === undefined ? {} : { status: change.status }),
      ...(change.status === 'paused' ? { paused_at: pausedNow(change.keepsOn === true) } : {}),
      ...(change.status === 'stopped' ? { paused_at: null } : {}),
      ...(change.liveVersion === undefined ? {} : { live_version: change.liveVersion }),
      updated_at: sql`now()`,
      rev: sql`rev + 1`,
    })
    .where('workspace_id', '=', row.workspace_id)
    .where('id', '=', row.id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** What works the run of who enters by an event where neither the journey nor its workspace says. */
const defaultExecution: Execution = 'dedicated';

/** What works the runs of a workspace's journeys that do not say it themselves, of people who enter by an event. */
export async function journeyPolicy(tx: Tx, workspaceId: string): Promise<Execution> {
  const { rows } = await sql<{ execution: Execution }>`
    select execution from journey_policy where workspace_id = ${workspaceId}`.execute(kysely(tx));
  return rows[0]?.execution ?? defaultExecution;
}

/** Sets it, for who enters from now on. @returns whether that is a change */
export async function setJourneyPolicy(tx: Tx, workspaceId: string, execution: Execution): Promise<boolean> {
  if ((await journeyPolicy(tx, workspaceId)) === execution) return false;
  await sql`insert into journey_policy (workspace_id, execution) values (${workspaceId}, ${execution})
    on conflict (workspace_id) do update set execution = excluded.execution`.execute(kysely(tx));
  return true;
}

/** What people enter by: a live journey, with null for the version where that was published after the statement began. */
type EntryRow = Omit<LiveJourney, 'versionId'> & { versionId: string | null; status: JourneyStatus };

/**
 * Reads journeys under a lock, with their live versions. One that is being published is waited for, and names a version then that the statement does
 * not see: so the lock does not hang on the version.
 */
function lockedEntries(which: RawBuilder<unknown>): RawBuilder<EntryRow> {
  return sql`
    with locked as materialized (
      select j.workspace_id, j.id, j.name, j.status, j.live_version from journey j where ${which} order by j.id for share of j)
    select l.id, l.name, l.status, v.id as "versionId", v.definition, v.publisher,
      coalesce(v.definition ->> 'execution', p.execution, ${defaultExecution}) as execution
    from locked l left join journey_policy p on p.workspace_id = l.workspace_id
    left join journey_version v on v.workspace_id = l.workspace_id and v.journey_id = l.id and v.version = l.live_version`;
}

/**
 * The live journeys that one of these events may enter, by the version that was live when the statement began; undefined where one of them has
 * another by now, which the next statement sees. Shares a lock on them, and on paused ones: a pause or resume that has committed is
 * seen, and one that comes now waits and then finds the runs that this transaction starts, and the events that it keeps.
 */
export function entriesFor(workspaceId: string, eventNames: readonly string[]): Reading<LiveJourney[] | undefined> {
  return {
    query: lockedEntries(sql`j.workspace_id = ${workspaceId} and j.status in ('live', 'paused') and j.id in (
      select b.id from journey b
      join journey_version v on v.workspace_id = b.workspace_id and v.journey_id = b.id and v.version = b.live_version
      where b.workspace_id = ${workspaceId} and b.status in ('live', 'paused') and v.entry_events && ${eventNames}::text[])`),
    from: (rows) => {
      const live = (rows as EntryRow[]).filter(({ status }) => status === 'live');
      return live.every(isWhole) ? live : undefined;
    },
  };
}

/**
 * As `entriesFor`, in statements of its own: what one has locked is as it is in the next, which may find others that are being published. Each holds
 * more of them, so that this ends.
 */
export async function liveEntries(tx: Tx, workspaceId: string, eventNames: readonly string[]): Promise<LiveJourney[]> {
  const entries = entriesFor(workspaceId, eventNames);
  for (;;) {
    const live = await readOne(tx, entries);
    if (live) return live;
  }
}

/** A live journey by its slug, with the same lock as `entriesFor`; undefined when it admits no one. */
export function findLiveJourney(tx: Tx, workspaceId: string, slug: string): Promise<LiveJourney | undefined> {
  return liveJourney(tx, sql`j.workspace_id = ${workspaceId} and j.slug = ${slug}`);
}

/** As `findLiveJourney`, by its id. */
export function liveJourneyById(tx: Tx, workspaceId: string, id: string | null): Promise<LiveJourney | undefined> {
  return liveJourney(tx, sql`j.workspace_id = ${workspaceId} and j.id = ${id}`);
}

async function liveJourney(tx: Tx, which: RawBuilder<unknown>): Promise<LiveJourney | undefined> {
  const query = lockedEntries(sql`${which} and j.status = 'live'`);
  const read = async () => (await query.execute(kysely(tx))).rows[0];
  const found = await read();
  const journey = !found || isWhole(found) ? found : await read();
  return journey && isWhole(journey) ? journey : undefined;
}

function isWhole(journey: EntryRow): journey is EntryRow & { versionId: string } {
  return journey.versionId !== null;
}

/** The slugs of journeys that take people in or let them through and begin, wait or end by a segment. */
export async function journeysNamingSegment(tx: Tx, workspaceId: string, segment: string): Promise<string[]> {
  const { rows } = await sql<{ slug: string }>`
    select j.slug from journey j join journey_version v on v.workspace_id = j.workspace_id and v.journey_id = j.id and v.version = j.live_version
    where j.workspace_id = ${workspaceId} and j.status in ('live', 'paused') and jsonb_path_exists(v.definition,
      '$.** ? ((@.event == $entered || @.event == $left) && @.key.value == $segment)', ${JSON.stringify({ ...membershipEvents, segment })}::jsonb)
    order by j.slug`.execute(kysely(tx));
  return rows.map(({ slug }) => slug);
}
