import { sql, type RawBuilder } from 'kysely';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';
import type { TableRecord } from '../tables/table-record.ts';
import { tableRecords } from '../tables/tables.ts';
import type { ContactRow } from './contacts.ts';

/** Rows by their tables; `cut` names the tables that have more than are here. */
export type ContactExport = { tables: Record<string, Record<string, unknown>[]>; cut: string[] };

/** Rows of one table that an export has at most. */
const mostRows = 20_000;

/** Left out of rows: whose they are is said by the export, and bytes and tokens say nothing to a person. */
const unsaid = ['workspace_id', 'frozen', 'token'];

/**
 * All that is kept of a contact for its own sake, as the tables say whose rows they hold: not the working copies that go when their use is over, nor
 * what is kept under a hash. Letters are those of rows whose key is the external id or the address; a batch knows no contacts.
 */
export async function exportContact(tx: Tx, contact: ContactRow): Promise<ContactExport> {
  const found: ContactExport = { tables: {}, cut: [] };
  const note = async (name: string, query: RawBuilder<{ row: Record<string, unknown> }>): Promise<void> => {
    const { rows } = await query.execute(kysely(tx));
    if (rows.length > mostRows) found.cut.push(name);
    if (rows.length > 0) found.tables[name] = rows.slice(0, mostRows).map(({ row }) => row);
  };
  for (const [table, record] of tableRecords) {
    const which = ownRows(table, record, contact);
    if (which)
      await note(
        table,
        sql`select to_jsonb(t) - ${unsaid}::text[] as row from ${sql.table(table)} t where ${which}
        limit ${sql.lit(mostRows + 1)}`,
      );
  }
  const keys = [contact.external_id, contact.email ?? contact.external_id].map((key) => key.toLowerCase());
  await note(
    'document',
    sql`select jsonb_build_object('batch', b.name, 'key', d.key, 'email', d.email, 'values', d.values, 'answers', d.answers,
        'decision', d.decision, 'decidedAt', d.decided_at) as row
      from document d join batch b on b.workspace_id = d.workspace_id and b.id = d.batch_id
      where d.workspace_id = ${contact.workspace_id} and lower(d.key) collate "C" = any(${keys}::text[]) and d.erased_by is null
      limit ${sql.lit(mostRows + 1)}`,
  );
  return found;
}

/** Which rows of a table are the contact's; null where none are, or they are working copies. */
function ownRows(
  table: string,
  record: TableRecord<Record<string, unknown>>,
  { workspace_id: workspaceId, id }: ContactRow,
): RawBuilder<unknown> | null {
  if (record.subject !== 'contact' || record.retention === 'use' || record.retention === 'turns') return null;
  const { onErasure } = record;
  const by = onErasure === 'withContact' ? 'contact_id' : onErasure.by;
  if (by === null) return null;
  const own = sql`workspace_id = ${workspaceId} and contact_id = ${id}`;
  const runs = sql`select id from run where ${own}`;
  const through = {
    contact_id: sql`${sql.ref(table === 'contact' ? 't.id' : 't.contact_id')} = ${id}`,
    run_id: sql`t.run_id in (${runs})`,
    gate_id: sql`t.gate_id in (select id from gate where workspace_id = ${workspaceId} and run_id in (${runs}))`,
    enrollment_id: sql`t.enrollment_id in (select id from enrollment where ${own})`,
  };
  return sql`t.workspace_id = ${workspaceId} and ${through[by as keyof typeof through]}`;
}
