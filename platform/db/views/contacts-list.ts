import { sql } from 'kysely';
import type { ContactRow } from '../contacts/contacts.ts';
import { contactHolds, contactsPage } from './search.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** A page of contacts, newest first, below `before`; one more than `limit` shows that there is a next page. */
export function listContacts(
  tx: Tx,
  page: { workspaceId: string; email: string | null; q: string | null; before: string | null; limit: number },
): Promise<ContactRow[]> {
  let query = kysely(tx).selectFrom('contact').selectAll().where('workspace_id', '=', page.workspaceId);
  if (page.email !== null) query = query.where(sql<boolean>`lower(email) collate "C" = ${page.email.toLowerCase()}`);
  if (page.q !== null) {
    const { q, before, limit, email } = page;
    const ids = email === null ? contactsPage({ q, before, limit: limit + 1 }) : null;
    query = query.where(ids === null ? contactHolds('contact', q) : sql<boolean>`id in (${ids})`);
  }
  if (page.before !== null) query = query.where('id', '<', page.before);
  return query
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute();
}
