import { type RawBuilder, sql } from 'kysely';
import { recordAudit } from '../access/audit.ts';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import { inTransaction, type Tx } from '../core/workspace.ts';

/** An incident of a workspace. */
export type IncidentId = { workspaceId: string; id: string };

/** Who looks after the incident `i`: a member who is still there. */
export const ownerOf: RawBuilder<string | null> = sql`(select m.id from member m
  where m.workspace_id = i.workspace_id and m.id = i.owner_id and m.disabled_at is null)`;

/** Whether the incident `i` is ignored now. It comes back by itself, at this very instant: no worker has to note it. */
export const isIgnored: RawBuilder<boolean> = sql`(i.state = 'open' and i.ignored_at is not null
  and i.ignored_until > now() and i.size <= i.ignored_above)`;

/**
 * Gives an open incident to a member, or back (null), where `was` looks after it.
 * @returns false where it is not open or another one looks after it: nothing was changed
 */
export async function ownIncident(
  tx: Tx,
  { workspaceId, id, memberId, was }: IncidentId & { memberId: string | null; was: string | null },
): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    update incident i set owner_id = ${memberId}, owned_at = ${memberId === null ? null : sql`now()`}, rev = rev + 1
    where i.workspace_id = ${workspaceId} and i.id = ${id} and i.state = 'open'
      and ${ownerOf} is not distinct from ${was}::uuid`.execute(kysely(tx));
  return numAffectedRows > 0n;
}

/** Ignores an open incident until an instant, or until its size is above a number. @returns false where it is not open */
export async function ignoreIncident(
  tx: Tx,
  { workspaceId, id, until, above, reason }: IncidentId & { until: Date; above: number; reason: string },
): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    update incident set ignored_at = now(), ignored_until = ${until}, ignored_above = ${above}, ignored_because = ${reason}, rev = rev + 1
    where workspace_id = ${workspaceId} and id = ${id} and state = 'open'`.execute(kysely(tx));
  return numAffectedRows > 0n;
}

const nothing = sql`ignored_at = null, ignored_until = null, ignored_above = null, ignored_because = null, rev = rev + 1`;

/** Ends that an incident is ignored. @returns false where it was not */
export async function heedIncident(tx: Tx, { workspaceId, id }: IncidentId): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    update incident set ${nothing} where workspace_id = ${workspaceId} and id = ${id} and state = 'open' and ignored_at is not null`.execute(
    kysely(tx),
  );
  return numAffectedRows > 0n;
}

/** So many come back in one pass; the next one takes those that are left. */
const returnsAPass = 100;

/** Says of incidents that are ignored no longer whether they grew or their time was over, so that open pages show it. `db` is the system role's. */
export function returnIncidents(db: Db): Promise<number> {
  return inTransaction(db, async (tx) => {
    const { rows } = await sql<IncidentId & { size: number; hasGrown: boolean }>`
      with back as (
        select i.workspace_id, i.id, i.size, i.size > i.ignored_above as grown from incident i
        where i.state = 'open' and i.ignored_at is not null and not ${isIgnored} limit ${returnsAPass} for no key update skip locked
      )
      update incident set ${nothing} from back where incident.workspace_id = back.workspace_id and incident.id = back.id
      returning incident.workspace_id as "workspaceId", incident.id, back.size, back.grown as "hasGrown"`.execute(
      kysely(tx),
    );
    for (const { workspaceId, id, size, hasGrown } of rows)
      await recordAudit(tx, {
        workspaceId,
        actor: { kind: 'system', id: null },
        act: hasGrown ? 'incident.grew' : 'incident.returned',
        subject: { kind: 'incident', id },
        detail: { size },
      });
    return rows.length;
  });
}
