import { sql } from 'kysely';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** What a key stands for: a stored answer, an answer of another request, or nothing yet, so that this call owns it. */
export type Claimed = { kind: 'new' } | { kind: 'answered'; status: number; response: unknown } | { kind: 'mismatch' };

/**
 * Claims an idempotency key inside the transaction that does the work. A concurrent duplicate waits here until the first has
 * committed (then it gets the answer) or rolled back (then it does the work); a crash leaves no trace at all.
 * @throws a lock time-out when the first takes longer than 2 s
 */
export async function claimIdempotencyKey(
  tx: Tx,
  claim: { workspaceId: string; key: string; requestHash: Buffer },
): Promise<Claimed> {
  const made = await sql`
    insert into idempotency_key (workspace_id, key, request_hash) values (${claim.workspaceId}, ${claim.key}, ${claim.requestHash})
    on conflict (workspace_id, key) do nothing`.execute(kysely(tx));
  if ((made.numAffectedRows ?? 0n) > 0n) return { kind: 'new' };
  const row = await kysely(tx)
    .selectFrom('idempotency_key')
    .select(['request_hash', 'status', 'response'])
    .where('workspace_id', '=', claim.workspaceId)
    .where('key', '=', claim.key)
    .executeTakeFirstOrThrow();
  if (!row.request_hash.equals(claim.requestHash)) return { kind: 'mismatch' };
  return { kind: 'answered', status: row.status ?? 200, response: row.response };
}

/** Stores the answer with the key, in the same transaction. */
export async function storeAnswer(
  tx: Tx,
  answer: { workspaceId: string; key: string; status: number; response: unknown },
): Promise<void> {
  await sql`update idempotency_key set status = ${answer.status}, response = ${JSON.stringify(answer.response ?? null)}::jsonb
    where workspace_id = ${answer.workspaceId} and key = ${answer.key}`.execute(kysely(tx));
}
