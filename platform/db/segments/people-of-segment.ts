import { sql } from 'kysely';
import type { Condition } from '../../../contracts/journeys/conditions.schema.ts';
import { ruleSql, ruleSubjects } from '../conditions/rule-sql.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** The most contacts that a rule is asked of while it is written: less than a second. */
const mostPreviewed = 20_000;
const mostSampled = 10;

/** Whom a resolved rule means now, of the newest contacts. */
export async function previewRule(
  tx: Tx,
  workspaceId: string,
  rule: Condition,
): Promise<{ people: number; looked: number; isExact: boolean; sample: string[] }> {
  const now = await nowOf(tx);
  const { rows } = await sql<{ people: number; looked: number; sample: string[] | null }>`
    with newest as materialized (select c.id, c.external_id, ${ruleSql(rule, { now })} as holds from ${ruleSubjects}
      where c.workspace_id = ${workspaceId} order by c.id desc limit ${mostPreviewed + 1})
    select (select count(*)::int from newest) as looked, (select count(*)::int from newest where holds) as people,
      (select array_agg(s.external_id order by s.id desc) from (select id, external_id from newest where holds order by id desc limit ${mostSampled}) s) as sample`.execute(
    kysely(tx),
  );
  const { people = 0, looked = 0, sample } = rows[0] ?? {};
  return { people, looked, isExact: looked <= mostPreviewed, sample: sample ?? [] };
}

/** Where a contact stands: since when they are in the segment (null: not), and whether each of the resolved rules holds for them now. */
export async function standingOf(
  tx: Tx,
  of: { workspaceId: string; segmentId: string; contactId: string },
  rules: readonly Condition[],
): Promise<{ since: Date | null; holds: boolean[] }> {
  const now = await nowOf(tx);
  const held = rules.map((rule) => ruleSql(rule, { now }));
  const { rows } = await sql<{ since: Date | null; holds: boolean[] }>`
    select (select m.since from segment_member m where m.workspace_id = c.workspace_id and m.segment_id = ${of.segmentId} and m.contact_id = c.id) as since,
      array[${sql.join(held)}]::boolean[] as holds
    from ${ruleSubjects} where c.workspace_id = ${of.workspaceId} and c.id = ${of.contactId}`.execute(kysely(tx));
  return rows[0] ?? { since: null, holds: rules.map(() => false) };
}

/** Which page of a segment's people: those before a key, the highest first. */
type PageOf = { workspaceId: string; segmentId: string; before: string | null; limit: number };

/** A member of a segment. */
export type MemberRow = { id: string; external_id: string; since: Date };

/** The members of a segment, newest contacts first; one more than the page has, where there are more. */
export async function listMembers(tx: Tx, { workspaceId, segmentId, before, limit }: PageOf): Promise<MemberRow[]> {
  const { rows } = await sql<MemberRow>`
    select m.contact_id as id, c.external_id, m.since from segment_member m
    join contact c on c.workspace_id = m.workspace_id and c.id = m.contact_id
    where m.workspace_id = ${workspaceId} and m.segment_id = ${segmentId} and (${before}::uuid is null or m.contact_id < ${before}::uuid)
    order by m.contact_id desc limit ${limit + 1}`.execute(kysely(tx));
  return rows;
}

/** A contact that has entered or left a segment. */
export type ChangeRow = { id: string; external_id: string; has_entered: boolean; reason: string; at: Date };

/** Who has entered and left a segment, newest first; one more than the page has, where there are more. */
export async function listChanges(tx: Tx, { workspaceId, segmentId, before, limit }: PageOf): Promise<ChangeRow[]> {
  const { rows } = await sql<ChangeRow>`
    select h.id::text as id, c.external_id, h.has_entered, h.reason, h.at from segment_change h
    join contact c on c.workspace_id = h.workspace_id and c.id = h.contact_id
    where h.workspace_id = ${workspaceId} and h.segment_id = ${segmentId} and (${before}::bigint is null or h.id < ${before}::bigint)
    order by h.id desc limit ${limit + 1}`.execute(kysely(tx));
  return rows;
}

async function nowOf(tx: Tx): Promise<number> {
  const { rows } = await sql<{ now: number }>`
    select floor(extract(epoch from now()) * 1000)::float8 as now`.execute(kysely(tx));
  return rows[0]?.now ?? 0;
}
