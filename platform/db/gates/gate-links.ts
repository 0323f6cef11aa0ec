import { sql } from 'kysely';
import { hashToken, newToken } from '../../tokens.ts';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import type { Tx } from '../core/workspace.ts';

/** How long a link in a mail can decide; the gate itself may wait longer, then it is decided after signing in. */
const linkDays = 14;

/** What a mail link is bound to: one member, one round of one gate, what it showed. */
export type GateLink = {
  workspaceId: string;
  gateId: string;
  memberId: string;
  round: number;
  contentHash: string;
  expiresAt: Date;
};

/**
 * Makes the token of a mail link (`${PUBLIC_URL}/g/${token}`) with which one member can decide an open gate as it is now;
 * only its hash is stored. Null where the gate is not open.
 */
export async function createGateLink(
  tx: Tx,
  of: { workspaceId: string; gateId: string; memberId: string },
): Promise<string | null> {
  const token = newToken();
  const made = await sql`
    insert into gate_link (token_hash, workspace_id, gate_id, member_id, content_hash, round, expires_at)
    select ${hashToken(token)}, g.workspace_id, g.id, ${of.memberId}, g.content_hash, g.round, now() + make_interval(days => ${linkDays})
    from gate g where g.workspace_id = ${of.workspaceId} and g.id = ${of.gateId} and g.status = 'open'`.execute(
    kysely(tx),
  );
  return (made.numAffectedRows ?? 0n) > 0n ? token : null;
}

/** The link of a token, also an expired one; undefined for an unknown token. */
export async function findGateLink(db: Db, token: string): Promise<GateLink | undefined> {
  const { rows } = await sql<GateLink>`
    select workspace_id as "workspaceId", gate_id as "gateId", member_id as "memberId", round, content_hash as "contentHash",
      expires_at as "expiresAt" from find_gate_link(${hashToken(token)})`.execute(kysely(db));
  return rows[0];
}
