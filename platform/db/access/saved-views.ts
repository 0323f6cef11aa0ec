import { sql } from 'kysely';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** Whose views, and of which list. */
type Of = { workspaceId: string; memberId: string; page: string };

/** A view as it is stored. */
export type SavedViewRow = { id: string; page: string; name: string; query: Record<string, unknown> };

/** A member's views of a list, in the order of their names. */
export function listViews(tx: Tx, { workspaceId, memberId, page }: Of): Promise<SavedViewRow[]> {
  return kysely(tx)
    .selectFrom('saved_view')
    .select(['id', 'page', 'name', 'query'])
    .where('workspace_id', '=', workspaceId)
    .where('member_id', '=', memberId)
    .where('page', '=', page)
    .orderBy('name')
    .execute();
}

/** Saves a view; one of the same name is replaced. @returns null where the member has as many as there may be (`most`) */
export async function saveView(
  tx: Tx,
  of: Of & { name: string; query: object; most: number },
): Promise<SavedViewRow | null> {
  // Two that are saved at once count each other.
  await kysely(tx)
    .selectFrom('member')
    .select('id')
    .where('workspace_id', '=', of.workspaceId)
    .where('id', '=', of.memberId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
  const { rows } = await sql<SavedViewRow>`
    insert into saved_view (workspace_id, member_id, page, name, query)
    select ${of.workspaceId}::uuid, ${of.memberId}::uuid, ${of.page}, ${of.name}, ${JSON.stringify(of.query)}::jsonb
    where ${of.most} > (select count(*) from saved_view where workspace_id = ${of.workspaceId} and member_id = ${of.memberId}
      and page = ${of.page} and name <> ${of.name})
    on conflict (workspace_id, member_id, page, name) do update set query = excluded.query, saved_at = now()
    returning id, page, name, query`.execute(kysely(tx));
  return rows[0] ?? null;
}

/** Removes a view of the member's own. @returns whether there was one */
export async function removeView(
  tx: Tx,
  { workspaceId, memberId, id }: { workspaceId: string; memberId: string; id: string },
): Promise<boolean> {
  const { numDeletedRows } = await kysely(tx)
    .deleteFrom('saved_view')
    .where('workspace_id', '=', workspaceId)
    .where('member_id', '=', memberId)
    .where('id', '=', id)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
