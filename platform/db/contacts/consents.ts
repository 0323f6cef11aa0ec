import { sql } from 'kysely';
import type { MasterKeys } from '../../keys/master-keys.ts';
import { kysely } from '../core/kysely.ts';
import { instantOf, type Reading, readOne } from '../core/readings.ts';
import type { Tx } from '../core/workspace.ts';
import { formerAddresses } from './former-addresses.ts';
import type { ContactRow } from './contacts.ts';
import { type ClosedReason, hashedEmail, suppress, unsuppress } from './suppression.ts';

/** Who is asked about, and the address that counts: a contact's own, or the one of a mail that is written already. */
export type Addressee = { id: string; email: string | null };

/** Why a person must not be written to: what they said themselves or an operator noted, or what became of their address. */
export type Closure = { by: 'person' | 'address'; reason: ClosedReason; note: string | null; since: Date };

/** What is asked of which people. */
type Asked = { workspaceId: string; people: readonly Addressee[] };

/** What is closed for each of several contacts, the person's own word first; those who may be written to are left out. */
export async function closuresOf(tx: Tx, keys: MasterKeys, asked: Asked): Promise<Map<string, Closure[]>> {
  const found = await readOne(tx, closures(keys, asked));
  return new Map(asked.people.flatMap(({ id }, at) => (found[at]?.length ? [[id, found[at]] as const] : [])));
}

/** What is closed for each, in the order of `people`; one contact may be among them with several addresses. */
export function closures(keys: MasterKeys, { workspaceId, people }: Asked): Reading<Closure[][]> {
  const hashes = people.flatMap(({ email }, at) =>
    email === null ? [] : hashedEmail(keys, workspaceId, email).hashes.map((hash) => ({ at, hash })),
  );
  const ids = people.map(({ id }) => id);
  const asked = sql`unnest(${hashes.map(({ at }) => at)}::int[], ${hashes.map(({ hash }) => hash)}::text[]) asked (at, hash)`;
  return {
    query: sql`
      select * from (
        select person.at - 1 as at, 'person' as by, o.reason, o.note, o.at as since
        from unnest(${ids}::uuid[]) with ordinality person (id, at) join opt_out o on o.contact_id = person.id
        where o.workspace_id = ${workspaceId} and o.channel = 'email'
        union all
        select asked.at, 'address', s.reason, s.detail, s.at from suppression s join ${asked} on asked.hash = s.address_hash
        where s.workspace_id = ${workspaceId} and s.channel = 'email'
        union all
        select asked.at, 'address', m.reason, m.note, m.at from suppression s join ${asked} on asked.hash = s.address_hash
        cross join jsonb_to_recordset(s.more) m (reason text, note text, at timestamptz)
        where s.workspace_id = ${workspaceId} and s.channel = 'email'
      ) closed order by by desc, since`,
    from(rows) {
      const found: Closure[][] = people.map(() => []);
      for (const row of rows) {
        const { at, ...closure } = row as Closure & { at: number };
        found[at]?.push({ ...closure, since: instantOf(closure.since) });
      }
      return found;
    },
  };
}

/**
 * Notes that a person is not to be written to, whatever address they have, and closes the address of now, which others may share, and those of
 * before that are nobody else's: the link may be in a mail that went there, and a second contact may come with it. The first reason stays.
 * @returns whether it is new
 */
export async function optOut(
  tx: Tx,
  keys: MasterKeys,
  contact: ContactRow,
  why: { reason: ClosedReason; note: string | null; at?: Date },
): Promise<boolean> {
  const { workspace_id: workspaceId, id, email } = contact;
  const written = await kysely(tx)
    .insertInto('opt_out')
    .values({
      workspace_id: workspaceId,
      contact_id: id,
      channel: 'email',
      reason: why.reason,
      note: why.note,
      ...(why.at === undefined ? {} : { at: why.at }),
    })
    .onConflict((conflict) => conflict.columns(['workspace_id', 'contact_id', 'channel']).doNothing())
    .executeTakeFirst();
  for (const address of [...(email === null ? [] : [email]), ...(await formerAddresses(tx, contact))])
    await suppress(tx, { ...hashedEmail(keys, workspaceId, address), reason: why.reason });
  const isNew = (written.numInsertedOrUpdatedRows ?? 0n) > 0n;
  if (isNew) {
    await note(tx, contact, { isOpen: false, ...why });
    await touch(tx, contact);
  }
  return isNew;
}

/** Adds to what a person has said, which stays also after they have said something else. */
async function note(
  tx: Tx,
  contact: ContactRow,
  said: { isOpen: boolean; reason: string; note: string | null; at?: Date },
): Promise<void> {
  await kysely(tx)
    .insertInto('consent_change')
    .values({
      workspace_id: contact.workspace_id,
      contact_id: contact.id,
      channel: 'email',
      is_open: said.isOpen,
      reason: said.reason,
      note: said.note,
      ...(said.at === undefined ? {} : { at: said.at }),
    })
    .execute();
}

/**
 * Lets a person be written to again, at the address that they have now and at those that their own word alone has closed. One that another person
 * who has it has closed is opened by who reads its mail alone: not by an operator's note about one of them.
 */
export async function optIn(
  tx: Tx,
  keys: MasterKeys,
  contact: ContactRow,
  { by, note: why = null }: { by: 'reader' | 'operator'; note?: string | null },
): Promise<void> {
  const { workspace_id: workspaceId, id, email } = contact;
  const wasClosed = (await closuresOf(tx, keys, { workspaceId, people: [contact] })).has(id);
  const mayOpen = by === 'reader' || !(await isOfAnother(tx, keys, contact, { ofNow: true }));
  // What `optOut` has closed has its instant.
  await sql`
    with own as (delete from opt_out where workspace_id = ${workspaceId} and contact_id = ${id} returning at)
    delete from suppression s using own
    where s.workspace_id = ${workspaceId} and s.channel = 'email' and s.at = own.at and s.more = '[]' and s.reason <> 'bounced'
      and s.address_hash <> all(${email === null ? [] : hashedEmail(keys, workspaceId, email).hashes}::text[])`.execute(
    kysely(tx),
  );
  if (email !== null && mayOpen) await unsuppress(tx, hashedEmail(keys, workspaceId, email));
  const reason = by === 'reader' ? 'resubscribed' : 'optedIn';
  if (wasClosed) await note(tx, contact, { isOpen: true, reason, note: why });
  await touch(tx, contact);
}

/**
 * Before a contact's address changes: an opt-out that the address alone holds, as those from before `opt_out` do, becomes the person's. That the
 * address could not be reached says nothing of the next one, and nor does the word of another contact who shares it.
 */
export async function keepOptOut(tx: Tx, keys: MasterKeys, contact: ContactRow): Promise<void> {
  const { workspace_id: workspaceId } = contact;
  const closed = await closuresOf(tx, keys, { workspaceId, people: [contact] });
  const own = closed.get(contact.id)?.find(({ reason }) => reason !== 'bounced');
  if (own && !(own.by === 'address' && (await isOfAnother(tx, keys, contact, { ofNow: false }))))
    await optOut(tx, keys, contact, { reason: own.reason, note: null, at: own.since });
}

/**
 * Whether the address of a contact was closed by another one, who has it (`ofNow`) or had it: `optOut` gives both rows the instant of its
 * transaction.
 */
async function isOfAnother(
  tx: Tx,
  keys: MasterKeys,
  { workspace_id: workspaceId, id, email }: ContactRow,
  { ofNow }: { ofNow: boolean },
): Promise<boolean> {
  if (email === null) return false;
  const { rows } = await sql`
    select from contact c
    join opt_out o on o.workspace_id = c.workspace_id and o.contact_id = c.id and o.channel = 'email'
    join suppression s on s.workspace_id = o.workspace_id and s.channel = o.channel
      and (s.at = o.at or exists (select from jsonb_to_recordset(s.more) m (at timestamptz) where m.at = o.at))
    where c.workspace_id = ${workspaceId} and c.id <> ${id} and (not ${ofNow}::bool or lower(c.email) collate "C" = ${email.toLowerCase()})
      and s.address_hash = any(${hashedEmail(keys, workspaceId, email).hashes}::text[])`.execute(kysely(tx));
  return rows.length > 0;
}

/** Before a contact is erased: the address of one who has opted out stays closed, as no person is left to hold it. */
export async function keepAddressClosed(tx: Tx, keys: MasterKeys, contact: ContactRow): Promise<void> {
  const { workspace_id: workspaceId, id, email } = contact;
  const own = (await closuresOf(tx, keys, { workspaceId, people: [contact] }))
    .get(id)
    ?.find(({ by }) => by === 'person');
  if (own && email !== null) await suppress(tx, { ...hashedEmail(keys, workspaceId, email), reason: own.reason });
}

/** Screens look at a contact again when its row changes. */
export async function touch(tx: Tx, { workspace_id: workspaceId, id }: ContactRow): Promise<void> {
  await sql`update contact set updated_at = now(), rev = rev + 1 where workspace_id = ${workspaceId} and id = ${id}`.execute(
    kysely(tx),
  );
}
