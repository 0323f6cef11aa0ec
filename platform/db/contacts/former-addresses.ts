import { sql } from 'kysely';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';
import type { ContactRow } from './contacts.ts';

/** The addresses at which a contact got mails before, and no other contact did, which none has now. The mails go with the contact. */
export async function formerAddresses(tx: Tx, { workspace_id: workspaceId, id, email }: ContactRow): Promise<string[]> {
  const { rows } = await sql<{ address: string }>`
    select distinct lower(m.recipient) collate "C" as address from mail m
    where m.workspace_id = ${workspaceId} and m.contact_id = ${id} and lower(m.recipient) collate "C" <> ${email?.toLowerCase() ?? ''}
      and not exists (select from contact c where c.workspace_id = m.workspace_id and c.id <> m.contact_id
        and lower(c.email) collate "C" = lower(m.recipient) collate "C")
      and not exists (select from mail o where o.workspace_id = m.workspace_id and o.contact_id <> m.contact_id
        and lower(o.recipient) collate "C" = lower(m.recipient) collate "C")`.execute(kysely(tx));
  return rows.map(({ address }) => address);
}
