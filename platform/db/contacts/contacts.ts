import { sql, type RawBuilder, type Selectable } from 'kysely';
import { limits } from '../../../contracts/core/limits.ts';
import type { JsonObject } from '../../../contracts/core/machine.ts';
import type { Database } from '../tables/tables.ts';
import { kysely } from '../core/kysely.ts';
import type { Reading } from '../core/readings.ts';
import type { RunToAct } from '../runs/turns.ts';
import type { Tx } from '../core/workspace.ts';

/** A contact's row. */
export type ContactRow = Selectable<Database['contact']>;

/** The id of the contact that is called so by its own system, or was before it was joined with another; null when there is none. As SQL. */
export function contactCalled(workspaceId: string, externalId: string): RawBuilder<string | null> {
  return sql`coalesce((select id from contact where workspace_id = ${workspaceId} and external_id = ${externalId}),
    (select contact_id from contact_alias where workspace_id = ${workspaceId} and external_id = ${externalId}))`;
}

/** Whether a row of `contact` is among those that are called so, or were before. As SQL. */
export function isCalledOneOf(
  contact: string,
  workspaceId: string,
  externalIds: readonly string[],
): RawBuilder<boolean> {
  const of = (column: string): RawBuilder<unknown> => sql.ref(`${contact}.${column}`);
  return sql`(${of('external_id')} = any(${externalIds}::text[]) or ${of('id')} = any(array(
    select contact_id from contact_alias where workspace_id = ${workspaceId} and external_id = any(${externalIds}::text[]))))`;
}

/** What conditions and templates know of a contact: its attributes, `externalId`, and where known `email` and `timeZone` (IANA). */
export function contactFacts(row: Pick<ContactRow, 'external_id' | 'email' | 'zone' | 'attributes'>): JsonObject {
  return {
    ...(row.attributes as JsonObject),
    externalId: row.external_id,
    ...(row.email === null ? {} : { email: row.email }),
    ...(row.zone === null ? {} : { timeZone: row.zone }),
  };
}

/** One contact by the name that its own system gives it, or one of those that it had before; undefined when there is none. */
export async function findContact(tx: Tx, workspaceId: string, externalId: string): Promise<ContactRow | undefined> {
  const { rows } = await sql<ContactRow>`
    select * from contact where workspace_id = ${workspaceId} and id = ${contactCalled(workspaceId, externalId)}`.execute(
    kysely(tx),
  );
  return rows[0];
}

/** As `findContact`, with a lock for the rest of the transaction. */
export function lockContact(tx: Tx, workspaceId: string, externalId: string): Promise<ContactRow | undefined> {
  return lockFound(tx, () => findContact(tx, workspaceId, externalId));
}

/** Locks the contact that `find` gives. One that is joined with another at the same instant is looked for again, and found there. */
export async function lockFound(tx: Tx, find: () => Promise<ContactRow | undefined>): Promise<ContactRow | undefined> {
  for (;;) {
    const found = await find();
    const locked = found && (await lockContactById(tx, found.workspace_id, found.id));
    if (locked || !found) return locked;
  }
}

/** One contact by its id; undefined when it was erased, or joined with another. */
export function contactById(tx: Tx, workspaceId: string, contactId: string): Promise<ContactRow | undefined> {
  return kysely(tx)
    .selectFrom('contact')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', contactId)
    .executeTakeFirst();
}

/** What a mail says and needs of its contact. */
export type Recipient = Pick<ContactRow, 'workspace_id' | 'id' | 'external_id' | 'email' | 'zone' | 'attributes'>;

/** The contact of a run; null when it was erased. */
export function contactOfRun({ workspaceId, runId }: RunToAct): Reading<Recipient | null> {
  return {
    query: sql`
      select c.workspace_id, c.id, c.external_id, c.email, c.zone, c.attributes from run r
      join contact c on c.workspace_id = r.workspace_id and c.id = r.contact_id
      where r.workspace_id = ${workspaceId} and r.id = ${runId}`,
    from: ([row]) => (row as Recipient | undefined) ?? null,
  };
}

/** The contact that one is now that may have been joined with another since its id was written down, as in a mail's link. */
export async function contactOfBefore(tx: Tx, workspaceId: string, contactId: string): Promise<ContactRow | undefined> {
  const { rows } = await sql<ContactRow>`
    select * from contact where workspace_id = ${workspaceId} and id = coalesce(
      (select contact_id from contact_alias where workspace_id = ${workspaceId} and former_id = ${contactId} limit 1), ${contactId}::uuid)`.execute(
    kysely(tx),
  );
  return rows[0];
}

/** Locks one contact by its id, as each does that changes its consents: first the contact, then what is kept of its address. */
export function lockContactById(tx: Tx, workspaceId: string, contactId: string): Promise<ContactRow | undefined> {
  return kysely(tx)
    .selectFrom('contact')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', contactId)
    .forNoKeyUpdate()
    .executeTakeFirst();
}

/** Locks contacts by their ids, in the order in which every path locks them. @returns the ids of those that are there, in that order */
export async function lockContactsById(tx: Tx, workspaceId: string, ids: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from contact where workspace_id = ${workspaceId} and id = any(${ids}::uuid[]) order by id for no key update`.execute(
    kysely(tx),
  );
  return rows.map(({ id }) => id);
}

/**
 * Locks the named contacts for the rest of the transaction and creates those that are unknown. New ones first, in the order
 * of their external ids, then the rest in id order, as every other path locks them: so two calls never wait for each other.
 * @returns the rows by external id
 */
export async function lockContacts(
  tx: Tx,
  workspaceId: string,
  externalIds: readonly string[],
): Promise<Map<string, ContactRow>> {
  const wanted = new Set(externalIds);
  const locked = new Map<string, ContactRow>();
  // One that another call makes, erases or joins with another at the same instant is neither new nor there: the next statement sees what has become
  // of it.
  while (locked.size < wanted.size) {
    const { rows } = await sql<ContactRow & { aliases: string[]; is_fresh: boolean }>`
      with aliased as materialized (
        select a.external_id, a.contact_id from contact_alias a where a.workspace_id = ${workspaceId} and a.external_id = any(${externalIds}::text[])
          and not exists (select from contact c where c.workspace_id = a.workspace_id and c.external_id = a.external_id)
      ), fresh as (
        insert into contact (workspace_id, external_id)
        select ${workspaceId}::uuid, wanted.external_id from (select distinct unnest(${externalIds}::text[]) as external_id) wanted
        where not exists (select 1 from contact c where c.workspace_id = ${workspaceId} and c.external_id = wanted.external_id)
          and not exists (select from aliased a where a.external_id = wanted.external_id)
        order by wanted.external_id
        on conflict (workspace_id, external_id) do nothing
        returning *
      ), known as (
        select contact.* from (select count(*) from fresh) made cross join contact
        where workspace_id = ${workspaceId} and (external_id = any(${externalIds}::text[]) or id = any(array(select contact_id from aliased)))
        order by id for no key update of contact
      )
      select *, '{}'::text[] as aliases, true as is_fresh from fresh union all
      select *, array(select a.external_id from aliased a where a.contact_id = known.id), false from known`.execute(
      kysely(tx),
    );
    const fresh = rows.filter((row) => row.is_fresh);
    const gone = fresh.length === 0 ? new Set() : await forgetAliased(tx, workspaceId, fresh);
    for (const { aliases, is_fresh: _, ...row } of rows.filter(({ id }) => !gone.has(id)))
      for (const name of [row.external_id, ...aliases]) if (wanted.has(name)) locked.set(name, row);
  }
  return locked;
}

/** Deletes of contacts that were just made those whose external id became another's while they waited for it. @returns their ids */
async function forgetAliased(tx: Tx, workspaceId: string, fresh: readonly ContactRow[]): Promise<Set<unknown>> {
  const { rows } = await sql<{ id: string }>`
    delete from contact using contact_alias a where contact.workspace_id = ${workspaceId} and contact.id = any(${fresh.map(({ id }) => id)}::uuid[])
      and a.workspace_id = contact.workspace_id and a.external_id = contact.external_id returning contact.id`.execute(
    kysely(tx),
  );
  return new Set(rows.map(({ id }) => id));
}

/** What a write says about a contact. Left out: stays; null: is removed. `attributes` are merged, by the same rule. */
export type ContactChange = {
  email?: string | null | undefined;
  zone?: string | null | undefined;
  attributes?: JsonObject | undefined;
};

/** Writes what differs, on a locked contact. @returns the row as it is after it */
export async function changeContact(tx: Tx, row: ContactRow, change: ContactChange): Promise<ContactRow> {
  const { rows } = await sql<ContactRow>`
    update contact set email = n.email, zone = n.zone, attributes = n.attributes, updated_at = now(), rev = rev + 1
    from (select ${change.email === undefined ? row.email : change.email}::text as email,
      ${change.zone === undefined ? row.zone : change.zone}::text as zone,
      jsonb_strip_nulls(${JSON.stringify({ ...row.attributes, ...change.attributes })}::jsonb) as attributes) n
    where contact.workspace_id = ${row.workspace_id} and contact.id = ${row.id}
      and (contact.email, contact.zone, contact.attributes) is distinct from (n.email, n.zone, n.attributes)
    returning contact.*`.execute(kysely(tx));
  return rows[0] ?? row;
}

/**
 * Merges attributes into a contact's, null removing one; an erased contact stays erased.
 * @returns false where the contact would have more than `limits.contactAttributesBytes`; then nothing is written
 */
export async function mergeAttributes(
  tx: Tx,
  of: { workspaceId: string; contactId: string | null; attributes: JsonObject },
): Promise<boolean> {
  const { rows } = await sql<{ fits: boolean }>`
    with merged as (
      select id, jsonb_strip_nulls(attributes || ${JSON.stringify(of.attributes)}::jsonb) as attributes from contact
      where workspace_id = ${of.workspaceId} and id = ${of.contactId} for no key update
    ), written as (
      update contact set attributes = merged.attributes, updated_at = now(), rev = rev + 1 from merged
      where contact.workspace_id = ${of.workspaceId} and contact.id = merged.id
        and octet_length(merged.attributes::text) <= ${limits.contactAttributesBytes}
    )
    select octet_length(attributes::text) <= ${limits.contactAttributesBytes} as fits from merged`.execute(kysely(tx));
  return rows[0]?.fits ?? true;
}
