import { type RawBuilder, sql } from 'kysely';
import { calledName } from '../contacts/contact-name.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** Something that was found. */
export type Found = { kind: string; id: string; title: string; subtitle: string; ref: Record<string, string> | null };

/** At most this many things are looked at for one text; a longer one finds the others. */
const most = 200;

/** The shortest text that is looked for anywhere: an index of trigrams knows nothing shorter. */
const shortestInside = 3;

/** Whether the external id, the address or the name of the contact `table` holds `q`, or begins with it where it has one character or two. */
export function contactHolds(table: string, q: string): RawBuilder<boolean> {
  const column = (name: string): RawBuilder<unknown> => sql.ref(`${table}.${name}`);
  if (q.length < shortestInside) {
    const attributes = column('attributes');
    const names = [
      column('external_id'),
      column('email'),
      sql`${attributes} ->> 'name'`,
      sql`${attributes} ->> 'firstName'`,
    ];
    return sql<boolean>`(${sql.join(
      names.map((name) => sql`starts_with(lower(${name}), ${q.toLowerCase()})`),
      sql` or `,
    )})`;
  }
  const columns = ['external_id', 'email', 'attributes'].map(column);
  return sql<boolean>`position(${q.toLowerCase()} in contact_words(${sql.join(columns)})) > 0`;
}

/** The ids of the newest people below `before` as `contactHolds` has them, by an index. */
export function contactsPage({
  q,
  before,
  limit,
}: {
  q: string;
  before: string | null;
  limit: number;
}): RawBuilder<unknown> {
  return q.length < shortestInside
    ? sql`select contacts_page_beginning(${q}, ${before}, ${limit}) as id`
    : sql`select contacts_page_holding(${q}, ${before}, ${limit}) as id`;
}

/**
 * People whose external id, address or name holds `q`, first those of whom one begins with it. Where more than two hundred hold it elsewhere the
 * newest are looked at; the list of people has them all.
 */
export function findContacts(tx: Tx, workspaceId: string, q: string, limit: number): Promise<Found[]> {
  const places = [sql`select contacts_beginning(${q}, ${limit}) as id, 0 as place`];
  if (q.length >= shortestInside)
    places.push(sql`select id, 1 from (${contactsPage({ q, before: null, limit: most })}) held`);
  return found(
    tx,
    sql`select 'contact' as kind, id, coalesce(${calledName(sql`attributes`)}, external_id) as title, coalesce(email, external_id) as subtitle,
        jsonb_build_object('externalId', external_id) as ref
      from contact join (select id, min(place) as place from (${sql.join(places, sql` union all `)}) known group by id) placed using (id)
      where workspace_id = ${workspaceId} order by place, title limit ${sql.lit(limit)}`,
  );
}

/** Journeys whose name or slug holds `q`; a workspace has few. */
export function findJourneys(tx: Tx, workspaceId: string, q: string, limit: number): Promise<Found[]> {
  return found(
    tx,
    sql`select 'journey' as kind, id, name as title, slug || ', ' || status as subtitle, jsonb_build_object('slug', slug) as ref
      from journey where workspace_id = ${workspaceId} and ${holds(sql`name || ' ' || slug`, q)} order by name limit ${sql.lit(limit)}`,
  );
}

/** Course runs whose title, or their course's, holds `q`; a workspace has few. */
export function findCourseRuns(tx: Tx, workspaceId: string, q: string, limit: number): Promise<Found[]> {
  return found(
    tx,
    sql`select 'courseRun' as kind, r.id, c.title || ', ' || r.title as title, c.slug || ' / ' || r.slug as subtitle,
        jsonb_build_object('course', c.slug, 'slug', r.slug) as ref
      from course_run r join course c on c.workspace_id = r.workspace_id and c.id = r.course_id
      where r.workspace_id = ${workspaceId} and ${holds(sql`c.title || ' ' || r.title || ' ' || c.slug || ' ' || r.slug`, q)}
      order by r.id desc limit ${sql.lit(limit)}`,
  );
}

/** Batches whose name holds `q`; a workspace has hundreds. */
export function findBatches(tx: Tx, workspaceId: string, q: string, limit: number): Promise<Found[]> {
  return found(
    tx,
    sql`select 'batch' as kind, id, name as title, rows || ' documents, ' || stage as subtitle, null as ref
      from batch where workspace_id = ${workspaceId} and ${holds(sql`name`, q)} order by id desc limit ${sql.lit(limit)}`,
  );
}

/** Documents whose key begins with `q`, those of the newest batches first. */
export function findDocuments(tx: Tx, workspaceId: string, q: string, limit: number): Promise<Found[]> {
  return found(
    tx,
    sql`select 'document' as kind, d.id, d.key as title, b.name as subtitle, null as ref
      from document d
      join batch b on b.workspace_id = ${workspaceId} and b.id = d.batch_id
      where d.workspace_id = ${workspaceId} and d.id = any(array(select documents_beginning(${q}, ${most}))) order by d.id desc limit ${sql.lit(limit)}`,
  );
}

/** Runs whose id begins with `q`. */
export function findRuns(tx: Tx, workspaceId: string, q: string, limit: number): Promise<Found[]> {
  const digits = q.replaceAll('-', '').toLowerCase();
  const isId = /^[0-9a-f]{8,32}$/.test(digits);
  if (!isId) return Promise.resolve([]);
  return found(
    tx,
    sql`select 'run' as kind, id, title, status || ', ' || kind as subtitle, null as ref from run
      where workspace_id = ${workspaceId} and id between ${digits.padEnd(32, '0')}::uuid and ${digits.padEnd(32, 'f')}::uuid
      order by id limit ${sql.lit(limit)}`,
  );
}

function holds(text: RawBuilder<unknown>, q: string): RawBuilder<unknown> {
  return sql`position(${q.toLowerCase()} in lower(${text})) > 0`;
}

async function found(tx: Tx, query: RawBuilder<unknown>): Promise<Found[]> {
  const { rows } = await sql<Found>`${query}`.execute(kysely(tx));
  return rows;
}
