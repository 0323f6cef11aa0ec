import { sql } from 'kysely';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';
import type { ContactRow } from './contacts.ts';

/** The addresses at which a contact got mails before, or that one had who was joined with it, and no other contact did, which none has now. */
export async function formerAddresses(tx: Tx, { workspace_id: workspaceId, id, email }: ContactRow): Promise<string[]> {
  const { rows } = await sql<{ address: string }>`
    select known.address from (
      select lower(recipient) collate "C" as address from mail where workspace_id = ${workspaceId} and contact_id = ${id}
      union select lower(email) collate "C" from contact_alias where workspace_id = ${workspaceId} and contact_id = ${id} and email is not null) known
    where known.address <> ${email?.toLowerCase() ?? ''}
      and not exists (select from contact c where c.workspace_id = ${workspaceId} and c.id <> ${id} and lower(c.email) collate "C" = known.address)
      and not exists (select from mail o where o.workspace_id = ${workspaceId} and o.contact_id <> ${id}
        and lower(o.recipient) collate "C" = known.address)`.execute(kysely(tx));
  return rows.map(({ address }) => address);
}
