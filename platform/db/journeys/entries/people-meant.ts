import { type RawBuilder, sql } from 'kysely';
import type { People } from '../../../../contracts/journeys/entries-api.schema.ts';
import type { Reentry } from '../../../../contracts/journeys/journey.schema.ts';
import type { BulkRow } from '../../bulk/bulk-operations.ts';
import { isCalledOneOf } from '../../contacts/contacts.ts';
import { kysely } from '../../core/kysely.ts';
import type { Tx } from '../../core/workspace.ts';
import type { JourneyRow } from '../journeys.ts';

/** How many people are meant, whom of them the re-entry policy keeps out as things are, and the external ids that nobody has. */
export type PeopleCount = { people: number; keptOut: number; unknownIds: string[] };

/** Counts the people who would be let in with this key, and locks nobody. */
export async function countPeople(
  tx: Tx,
  journey: JourneyRow,
  { people, reentry, key }: { people: People; reentry: Reentry; key: string | null },
): Promise<PeopleCount> {
  const own = sql`c.workspace_id = ${journey.workspace_id} and ${isMeant(journey.workspace_id, people)}`;
  const { rows } = await sql<{ people: number; keptOut: number }>`
    select (select count(*)::int from contact c where ${own}) as people,
      (select count(*)::int from contact c where ${own} and exists (
        select from journey_run j join run r on r.workspace_id = j.workspace_id and r.id = j.run_id
        where j.workspace_id = c.workspace_id and j.contact_id = c.id and j.journey_id = ${journey.id} and r.status <> 'failed'
          and ${stands(reentry, key)})) as "keptOut"`.execute(kysely(tx));
  const { people: count, keptOut } = rows[0] ?? { people: 0, keptOut: 0 };
  return { people: count, keptOut, unknownIds: await unknownOf(tx, journey.workspace_id, people) };
}

/** As `admit` in the domain has it: an earlier run `r` with the journey's `j` that keeps its contact out, failed ones apart. */
function stands(reentry: Reentry, key: string | null): RawBuilder<boolean> {
  switch (reentry) {
    case 'once':
      return sql`true`;
    case 'afterExit':
      return sql`r.ended_at is null`;
    case 'perKey':
      return sql`j.entry ->> 'key' is not distinct from ${key}::text`;
  }
}

function isMeant(workspaceId: string, { attributes, externalIds, segment }: People): RawBuilder<boolean> {
  if (segment !== undefined)
    return sql`exists (select from segment_member m join segment s on s.workspace_id = m.workspace_id and s.id = m.segment_id
      where m.workspace_id = c.workspace_id and m.contact_id = c.id and s.slug = ${segment})`;
  if (externalIds) return isCalledOneOf('c', workspaceId, externalIds);
  return attributes ? sql`c.attributes @> ${JSON.stringify(attributes)}::jsonb` : sql`true`;
}

/** Whether few of those who are looked at may be meant. */
function isNarrow({ attributes, segment }: People): boolean {
  return attributes !== undefined || segment !== undefined;
}

async function unknownOf(tx: Tx, workspaceId: string, { externalIds }: People): Promise<string[]> {
  if (!externalIds) return [];
  const { rows } = await sql<{ id: string }>`
    select wanted.id from (select distinct unnest(${externalIds}::text[]) as id) wanted
    where not exists (select from contact c where c.workspace_id = ${workspaceId} and c.external_id = wanted.id)
      and not exists (select from contact_alias a where a.workspace_id = ${workspaceId} and a.external_id = wanted.id)
    order by wanted.id`.execute(kysely(tx));
  return rows.map(({ id }) => id);
}

/** The last contact that is there now: who comes later is no part of an entry by attributes. Null where there is none. */
export async function lastContact(tx: Tx, workspaceId: string): Promise<string | null> {
  const row = await kysely(tx)
    .selectFrom('contact')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.id ?? null;
}

/** Notes the people whom an operation is about, as far as there are such contacts. */
export async function insertPeople(tx: Tx, bulk: BulkRow, externalIds: readonly string[]): Promise<void> {
  await sql`
    insert into bulk_person (workspace_id, bulk_id, contact_id)
    select c.workspace_id, ${bulk.id}, c.id from contact c
    where c.workspace_id = ${bulk.workspace_id} and ${isCalledOneOf('c', bulk.workspace_id, externalIds)}
    order by c.id for key share of c`.execute(kysely(tx));
}

/** Whom an operation means, as its row keeps it: by attributes those up to `until`, without `filter` those that it names. */
export type StoredPeople = { filter?: People; until?: string | null };

/** Contacts that one statement looks at where few may be meant. */
const looksAt = 5_000;

/** The next people in the order of their ids; `cursor` is how far it has looked. `isLast`: there is nobody behind them. */
export type NextPeople = { ids: string[]; cursor: string | null; isLast: boolean };

/** The next people whom an operation means, `most` at most. */
export async function nextPeople(tx: Tx, bulk: BulkRow, most: number): Promise<NextPeople> {
  const { filter, until = null } = bulk.selection as StoredPeople;
  const after = sql`(${bulk.cursor}::uuid is null or id > ${bulk.cursor}::uuid)`;
  const looked = !filter
    ? sql`select contact_id as id, true as is_meant from (
        select contact_id, contact_id as id from bulk_person where workspace_id = ${bulk.workspace_id} and bulk_id = ${bulk.id}) p
      where ${after} order by id limit ${most}`
    : sql`select c.id, ${isMeant(bulk.workspace_id, filter)} as is_meant from contact c
      where c.workspace_id = ${bulk.workspace_id} and ${after} and c.id <= ${until}::uuid
      order by c.id limit ${isNarrow(filter) ? looksAt : most}`;
  const { rows } = await sql<{ ids: string[]; last: string | null; count: number }>`
    with looked as materialized (${looked})
    select coalesce((select array_agg(m.id::text order by m.id) from (select id from looked where is_meant order by id limit ${most}) m), '{}') as ids,
      (select id from looked order by id desc limit 1) as last, (select count(*)::int from looked) as count`.execute(
    kysely(tx),
  );
  const { ids, last, count } = rows[0] ?? { ids: [], last: null, count: 0 };
  const hasAll = ids.length < most;
  return {
    ids,
    cursor: hasAll ? last : (ids.at(-1) ?? null),
    isLast: hasAll && count < (filter && isNarrow(filter) ? looksAt : most),
  };
}
