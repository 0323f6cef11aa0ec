import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import { inTransaction, type Tx } from '../core/workspace.ts';

/** Advisory lock of the sealer: one process at a time chains entries. Any constant that nothing else uses. */
const SEAL_LOCK = 7_404;
/** Entries sealed in one transaction, and verified in one: some milliseconds each. */
const batchEntries = 500;

/** An entry as it is hashed: the texts that Postgres itself makes of it, so that the hash does not depend on a driver. */
type Sealable = { workspace_id: string; id: string; words: string; seq: string | null; hash: Buffer | null };

const words = sql<string>`jsonb_build_array(workspace_id, id, extract(epoch from at)::text, actor_kind, actor_id, act, subject_kind, subject_id, detail, request_id)::text`;

/** The end of a workspace's sealed log: the number and hash of its last entry. */
export type AuditHead = { workspaceId: string; seq: number; hash: Buffer };

/**
 * Chains the entries that are not sealed yet: each gets the next number of its workspace and the SHA-256 over the hash before it
 * and its own words. `db` is the system role's.
 * @returns how many were sealed, and where the logs end that grew
 */
export async function sealAudit(db: Db): Promise<{ sealed: number; heads: AuditHead[] }> {
  return inTransaction(db, async (tx) => {
    const { rows: locked } = await sql<{
      got: boolean;
    }>`select pg_try_advisory_xact_lock(${SEAL_LOCK}) as got`.execute(kysely(tx));
    if (locked[0]?.got !== true) return { sealed: 0, heads: [] };
    const { rows } = await sql<Sealable>`
      select workspace_id, id, ${words} as words, seq, hash from audit_entry where hash is null order by at, id limit ${batchEntries}`.execute(
      kysely(tx),
    );
    const heads = new Map<string, { seq: number; hash: Buffer }>();
    for (const entry of rows) {
      const head = heads.get(entry.workspace_id) ?? (await headOf(tx, entry.workspace_id));
      const next = { seq: head.seq + 1, hash: hashOf(head.hash, entry.words) };
      await sql`update audit_entry set seq = ${next.seq}, previous_hash = ${head.hash}, hash = ${next.hash}
        where workspace_id = ${entry.workspace_id} and id = ${entry.id}`.execute(kysely(tx));
      heads.set(entry.workspace_id, next);
    }
    return { sealed: rows.length, heads: [...heads].map(([workspaceId, head]) => ({ workspaceId, ...head })) };
  });
}

async function headOf(tx: Tx, workspaceId: string): Promise<{ seq: number; hash: Buffer }> {
  const { rows } = await sql<{ seq: string; hash: Buffer }>`
    select seq, hash from audit_entry where workspace_id = ${workspaceId} and seq is not null order by seq desc limit 1`.execute(
    kysely(tx),
  );
  return { seq: Number(rows[0]?.seq ?? 0), hash: rows[0]?.hash ?? Buffer.alloc(0) };
}

function hashOf(previous: Buffer, text: string): Buffer {
  return createHash('sha256').update(previous).update(text).digest();
}

/** How far a verification has come: the last number and hash that fit. */
export type Verified = { seq: number; hash: Buffer };

/**
 * Verifies the entries after `from`, as many as fit into one short transaction.
 * @returns where it came to, the first entry that does not fit, and whether there are more
 */
export async function verifyAudit(
  tx: Tx,
  workspaceId: string,
  from: Verified,
): Promise<{ to: Verified; brokenAt: string | null; hasMore: boolean }> {
  const { rows } = await sql<Sealable>`
    select workspace_id, id, ${words} as words, seq, hash from audit_entry
    where workspace_id = ${workspaceId} and seq > ${from.seq} order by seq limit ${batchEntries}`.execute(kysely(tx));
  let to = from;
  for (const entry of rows) {
    const expected = hashOf(to.hash, entry.words);
    const fits = Number(entry.seq) === to.seq + 1 && entry.hash?.equals(expected) === true;
    if (!fits) return { to, brokenAt: entry.id, hasMore: false };
    to = { seq: to.seq + 1, hash: expected };
  }
  return { to, brokenAt: null, hasMore: rows.length === batchEntries };
}

/** Whether the sealed entry with that number has that hash; false where the log ends before it. */
export async function hasEntry(tx: Tx, workspaceId: string, entry: { seq: number; hash: string }): Promise<boolean> {
  const { rows } = await sql<{ hash: Buffer }>`
    select hash from audit_entry where workspace_id = ${workspaceId} and seq = ${entry.seq}`.execute(kysely(tx));
  return rows[0]?.hash.toString('hex') === entry.hash.toLowerCase();
}
