import type { Selectable } from 'kysely';
import type { JsonObject } from '../../../contracts/core/machine.ts';
import type { Database } from '../tables/tables.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** An audit entry's row. */
export type AuditRow = Selectable<Database['audit_entry']>;

/** One human or administrative act. `act` is dotted (`gate.decided`); `detail` holds ids and choices, no secrets. */
export type AuditEntry = {
  workspaceId: string;
  actor: { kind: 'member' | 'apiKey' | 'mailLink' | 'system'; id: string | null };
  act: string;
  subject: { kind: string; id: string };
  detail?: JsonObject;
  requestId?: string;
};

/** Records an act in the caller's transaction: it is there exactly if the act is. The sealer chains it within seconds. */
export async function recordAudit(tx: Tx, entry: AuditEntry): Promise<void> {
  await kysely(tx)
    .insertInto('audit_entry')
    .values({
      workspace_id: entry.workspaceId,
      actor_kind: entry.actor.kind,
      actor_id: entry.actor.id,
      act: entry.act,
      subject_kind: entry.subject.kind,
      subject_id: entry.subject.id,
      detail: JSON.stringify(entry.detail ?? {}),
      request_id: entry.requestId ?? null,
    })
    .execute();
}

/** Who did an act of one kind to something last; undefined where nobody has. */
export async function lastActor(
  tx: Tx,
  { workspaceId, act, subject }: Pick<AuditEntry, 'workspaceId' | 'act' | 'subject'>,
): Promise<{ kind: string; id: string | null } | undefined> {
  const row = await kysely(tx)
    .selectFrom('audit_entry')
    .select(['actor_kind', 'actor_id'])
    .where('workspace_id', '=', workspaceId)
    .where('subject_id', '=', subject.id)
    .where('subject_kind', '=', subject.kind)
    .where('act', '=', act)
    .orderBy('id', 'desc')
    .executeTakeFirst();
  return row && { kind: row.actor_kind, id: row.actor_id };
}
