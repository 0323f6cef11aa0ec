import type { Selectable } from 'kysely';
import type { JsonObject } from '../../contracts/machine.ts';
import type { Database } from './tables.ts';
import type { Tx } from './workspace.ts';

/** A contact's row. */
export type ContactRow = Selectable<Database['contact']>;

/** What conditions and templates know of a contact: its attributes, `externalId`, and where known `email` and `timeZone` (IANA). */
export function contactFacts(row: Pick<ContactRow, 'external_id' | 'email' | 'zone' | 'attributes'>): JsonObject {
  return {
    ...(row.attributes as JsonObject),
    externalId: row.external_id,
    ...(row.email === null ? {} : { email: row.email }),
    ...(row.zone === null ? {} : { timeZone: row.zone }),
  };
}

/** One contact by the name that its own system gives it; undefined when there is none. */
export function findContact(tx: Tx, workspaceId: string, externalId: string): Promise<ContactRow | undefined> {
  return tx
    .selectFrom('contact')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('external_id', '=', externalId)
    .executeTakeFirst();
}
