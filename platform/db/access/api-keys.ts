import { sql, type Selectable } from 'kysely';
import type { Role } from '../../../contracts/access/access.ts';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import type { Database } from '../tables/tables.ts';
import type { Tx } from '../core/workspace.ts';

/** A key's row. */
export type ApiKeyRow = Selectable<Database['api_key']>;

/** A key that may be used now. */
export type LiveApiKey = {
  workspaceId: string;
  id: string;
  name: string;
  scopes: string[];
  createdBy: string | null;
  /** The roles that its maker has now; null where no member made it. */
  creatorRoles: Role[] | null;
  expiresAt: Date | null;
};

/** The key of a secret, unless it is revoked or expired or its maker is disabled; notes its use, at most once a minute. */
export async function findApiKey(db: Db, secretHash: Buffer): Promise<LiveApiKey | undefined> {
  const { rows } = await sql<LiveApiKey>`
    select workspace_id as "workspaceId", id, name, scopes, created_by as "createdBy", creator_roles as "creatorRoles",
      expires_at as "expiresAt" from find_live_key(${secretHash})`.execute(kysely(db));
  return rows[0];
}

/** Stores a new key: its hash, never its secret. */
export async function insertApiKey(
  tx: Tx,
  key: {
    workspaceId: string;
    name: string;
    prefix: string;
    secretHash: Buffer;
    scopes: string[];
    createdBy: string | null;
    expiresAt: string | null;
  },
): Promise<ApiKeyRow> {
  return kysely(tx)
    .insertInto('api_key')
    .values({
      workspace_id: key.workspaceId,
      name: key.name,
      prefix: key.prefix,
      key_hash: key.secretHash,
      scopes: key.scopes,
      created_by: key.createdBy,
      expires_at: key.expiresAt,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Revokes a key; one that is revoked stays as it is. Undefined where the workspace has no such key. */
export async function revokeApiKey(tx: Tx, workspaceId: string, id: string): Promise<ApiKeyRow | undefined> {
  return kysely(tx)
    .updateTable('api_key')
    .set({ revoked_at: sql`coalesce(revoked_at, now())` })
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
}

/** A page of keys, of one maker unless that is null, newest first, below `before`; one more than `limit` shows that there is a next page. */
export async function listApiKeys(
  tx: Tx,
  page: { workspaceId: string; before: string | null; limit: number; createdBy: string | null },
): Promise<ApiKeyRow[]> {
  let query = kysely(tx).selectFrom('api_key').selectAll().where('workspace_id', '=', page.workspaceId);
  if (page.before !== null) query = query.where('id', '<', page.before);
  if (page.createdBy !== null) query = query.where('created_by', '=', page.createdBy);
  return query
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute();
}
