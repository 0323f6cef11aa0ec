import { sql } from 'kysely';
import type { ContactRow } from '../contacts/contacts.ts';
import { contactHolds, contactsPage } from './search.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** More people than have one address. */
const mostOfAddress = 10_000;

/** A page of contacts, newest first, below `before`; one more than `limit` shows that there is a next page. */
export function listContacts(
  tx: Tx,
  page: { workspaceId: string; email: string | null; q: string | null; before: string | null; limit: number },
): Promise<ContactRow[]> {
  const { workspaceId, email, q, before, limit } = page;
  let query = kysely(tx).selectFrom('contact').selectAll().where('workspace_id', '=', workspaceId);
  if (email !== null) {
    const most = q === null ? limit + 1 : mostOfAddress;
    query = query.where(sql<boolean>`id = any(array(select contacts_page_of_address(${email}, ${before}, ${most})))`);
    if (q !== null) query = query.where(contactHolds('contact', q));
  } else if (q !== null) {
    query = query.where(sql<boolean>`id = any(array(${contactsPage({ q, before, limit: limit + 1 })}))`);
  }
  if (page.before !== null) query = query.where('id', '<', page.before);
  return query
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute();
}
