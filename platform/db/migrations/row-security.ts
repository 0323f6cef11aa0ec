import { sql, type Kysely } from 'kysely';

/** What the request role may do with a table; the system role has the same rights on it. */
export type Grant = 'select' | 'insert' | 'update' | 'delete';

/**
 * Puts a table that has a `workspace_id` under row-level security, enabled and forced: `tl_app` sees the workspace of its
 * transaction and nothing without one; `tl_owner` (definer functions) and `tl_system` (dispatcher, reconciler, sweepers)
 * see every row. After a transaction the setting is an empty string, hence `nullif`.
 */
export async function protect(db: Kysely<unknown>, table: string, grants: Grant[]): Promise<void> {
  const name = sql.table(table);
  const own = sql`workspace_id = nullif(current_setting('app.workspace', true), '')::uuid`;
  await sql`alter table ${name} enable row level security`.execute(db);
  await sql`alter table ${name} force row level security`.execute(db);
  await sql`create policy workspace_only on ${name} to tl_app using (${own}) with check (${own})`.execute(db);
  await sql`create policy every_workspace on ${name} to tl_owner, tl_system using (true) with check (true)`.execute(db);
  await sql`grant ${sql.raw(grants.join(', '))} on ${name} to tl_app`.execute(db);
  await sql`grant select, insert, update, delete on ${name} to tl_system`.execute(db);
}

/** Makes every insert and update of a table write its id and `rev` to the change log, in the same transaction. */
export async function announce(db: Kysely<unknown>, table: string, topic: string): Promise<void> {
  const trigger = sql.ref(`${table}_announces`);
  await sql`create trigger ${trigger} after insert or update on ${sql.table(table)}
    for each row execute function announce_change(${sql.lit(topic)})`.execute(db);
}

/** Runs the statements of a migration, in their order. */
export async function statements(db: Kysely<unknown>, text: string): Promise<void> {
  await sql.raw(text).execute(db);
}
