import { sql } from 'kysely';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** An external id that led to a contact of its own, or to none, and leads to another one since `at`. */
export type Alias = { externalId: string; at: Date };

/** The external ids that lead to contacts beside their own, the oldest first; those without any are left out. */
export async function aliasesOf(
  tx: Tx,
  workspaceId: string,
  contactIds: readonly string[],
): Promise<Map<string, Alias[]>> {
  const { rows } = await sql<Alias & { contactId: string }>`
    select external_id as "externalId", contact_id as "contactId", at from contact_alias
    where workspace_id = ${workspaceId} and contact_id = any(${contactIds}::uuid[]) order by at, external_id`.execute(
    kysely(tx),
  );
  return Map.groupBy(rows, ({ contactId }) => contactId);
}
