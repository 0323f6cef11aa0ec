import { sql, type RawBuilder } from 'kysely';
import type { Condition } from '../../../contracts/journeys/conditions.schema.ts';
import type { Rules } from '../../../domain/segments/resolve-rule.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** A segment as it is stored, with how many are in it. */
export type SegmentRow = {
  id: string;
  slug: string;
  name: string;
  rule: Condition;
  version: number;
  state: 'building' | 'ready';
  looked: number;
  members: number;
  created_at: Date;
  updated_at: Date;
};

/** All segments of a workspace, in the order of their slugs; there are at most `segmentLimits.segments`. */
export async function listSegments(tx: Tx, workspaceId: string): Promise<SegmentRow[]> {
  const { rows } = await sql<SegmentRow>`${segmentRows(workspaceId)} order by s.slug`.execute(kysely(tx));
  return rows;
}

/** One segment; undefined where there is none. */
export async function findSegment(tx: Tx, workspaceId: string, slug: string): Promise<SegmentRow | undefined> {
  const { rows } = await sql<SegmentRow>`${segmentRows(workspaceId)} and s.slug = ${slug}`.execute(kysely(tx));
  return rows[0];
}

/** The rules of all segments of a workspace. */
export async function rulesOf(tx: Tx, workspaceId: string): Promise<Rules> {
  const rows = await kysely(tx)
    .selectFrom('segment')
    .select(['slug', 'rule'])
    .where('workspace_id', '=', workspaceId)
    .execute();
  return new Map(rows.map(({ slug, rule }) => [slug, rule as Condition]));
}

/** Lets one at a time change or keep the segments of a workspace; until the end of the transaction. */
export async function lockSegments(tx: Tx, workspaceId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${workspaceId}, ${segmentsLock}))`.execute(kysely(tx));
}

/** As `lockSegments`, without waiting. @returns whether it was free */
export async function tryLockSegments(tx: Tx, workspaceId: string): Promise<boolean> {
  const { rows } = await sql<{ is_free: boolean }>`
    select pg_try_advisory_xact_lock(hashtextextended(${workspaceId}, ${segmentsLock})) as is_free`.execute(kysely(tx));
  return rows[0]?.is_free ?? false;
}

const segmentsLock = 7_416;

/**
 * Writes a segment, whose rule has been checked and whose workspace is locked. One whose rule is another than before is built anew, and so are those
 * of `users`, whose rules name it; who is in them stays until then.
 */
export async function saveSegment(
  tx: Tx,
  workspaceId: string,
  segment: { slug: string; name: string; rule: Condition },
  users: readonly string[],
): Promise<void> {
  const { slug, name } = segment;
  const rule = JSON.stringify(segment.rule);
  const { rows } = await sql<{ is_changed: boolean }>`
    with former as (select rule from segment where workspace_id = ${workspaceId} and slug = ${slug}),
    written as (insert into segment as s (workspace_id, slug, name, rule) values (${workspaceId}, ${slug}, ${name}, ${rule}::jsonb)
      on conflict (workspace_id, slug) do update set name = excluded.name, rule = excluded.rule, updated_at = now(),
        version = s.version + (s.rule <> excluded.rule)::int returning id)
    select (select rule from former) is distinct from ${rule}::jsonb as is_changed from written`.execute(kysely(tx));
  if (rows[0]?.is_changed === true) await buildAnew(tx, workspaceId, [slug, ...users]);
}

/** Removes a segment with all that is known of who was in it. */
export async function removeSegment(tx: Tx, workspaceId: string, slug: string): Promise<void> {
  await kysely(tx).deleteFrom('segment').where('workspace_id', '=', workspaceId).where('slug', '=', slug).execute();
}

async function buildAnew(tx: Tx, workspaceId: string, slugs: readonly string[]): Promise<void> {
  await sql`
    with meant as (update segment set state = 'building', cursor = null, looked = 0, updated_at = now()
      where workspace_id = ${workspaceId} and slug = any(${slugs}::text[]) returning id)
    delete from segment_due where workspace_id = ${workspaceId} and segment_id in (select id from meant)`.execute(
    kysely(tx),
  );
}

function segmentRows(workspaceId: string): RawBuilder<SegmentRow> {
  return sql`select s.id, s.slug, s.name, s.rule, s.version, s.state, s.looked, s.created_at, s.updated_at,
    (select coalesce(sum(t.n), 0)::int from segment_tally t where t.workspace_id = s.workspace_id and t.segment_id = s.id) as members
    from segment s where s.workspace_id = ${workspaceId}`;
}
