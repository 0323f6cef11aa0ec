import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { useOwnedDatabase } from '../../../test/support/use-owned-database.ts';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import { protect } from './row-security.ts';
import { inWorkspace } from '../core/workspace.ts';

/** Tables with a `workspace_id` whose rows anyone could see: not protected, not even against their owner, or without a policy. */
async function openTables(db: Db): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p')
      and exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'workspace_id' and not a.attisdropped)
      and (not c.relrowsecurity or not c.relforcerowsecurity
        or not exists (select 1 from pg_policy p where p.polrelid = c.oid and pg_get_expr(p.polqual, p.polrelid) like '%app.workspace%'))
    order by 1`.execute(kysely(db));
  return rows.map((row) => row.name);
}

describe('row-level security', () => {
  const opened = useOwnedDatabase();

  it('is enabled and forced on every table that belongs to a workspace', async () => {
    expect(await openTables(opened.owner)).toEqual([]);
  });

  it('lets no function that runs with its owner’s rights look for names in a schema of the session first', async () => {
    const { rows } = await sql<{ name: string }>`
      select p.oid::regprocedure::text as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname = 'public' and p.prosecdef
        and not ('search_path=pg_catalog, public, pg_temp' = any (coalesce(p.proconfig, '{}')))`.execute(
      kysely(opened.owner),
    );
    expect(rows).toEqual([]);
  });

  it('keeps the master keys from requests, which need none of them', async () => {
    for (const statement of ['select 1 from master_key', "insert into master_key (id) values ('x')"])
      await expect(sql.raw(statement).execute(kysely(opened.database.app)), statement).rejects.toThrow(
        'permission denied',
      );
  });

  it('is missed where it is missing: the look finds a table without it', async () => {
    await sql`create table forgotten (workspace_id uuid not null)`.execute(kysely(opened.owner));
    expect(await openTables(opened.owner)).toContain('forgotten');
    await protect(kysely(opened.owner) as unknown as Parameters<typeof protect>[0], 'forgotten', ['select']);
    expect(await openTables(opened.owner)).not.toContain('forgotten');
  });

  it('shows nothing to a query that forgets its condition, in another workspace or in none', async () => {
    const other = await opened.database.addWorkspace();
    await inWorkspace(opened.database.app, opened.database.workspaceId, (tx) =>
      kysely(tx)
        .insertInto('contact')
        .values({ workspace_id: opened.database.workspaceId, external_id: 'ana', email: 'ana@example.com' })
        .execute(),
    );
    const all = (workspaceId: string) =>
      inWorkspace(opened.database.app, workspaceId, (tx) => kysely(tx).selectFrom('contact').selectAll().execute());
    expect(await all(opened.database.workspaceId)).toHaveLength(1);
    expect(await all(other)).toEqual([]);
    expect(await kysely(opened.database.app).selectFrom('contact').selectAll().execute()).toEqual([]);
    await expect(
      inWorkspace(opened.database.app, other, (tx) =>
        kysely(tx)
          .insertInto('contact')
          .values({ workspace_id: opened.database.workspaceId, external_id: 'bo' })
          .execute(),
      ),
    ).rejects.toThrow(/row-level security/);
  });

  it('holds for no role that could step round it', async () => {
    const { rows } = await sql<{ rolname: string }>`
      select rolname from pg_roles where rolname like 'tl\\_%' and (rolsuper or rolbypassrls or rolcreaterole)`.execute(
      kysely(opened.owner),
    );
    expect(rows).toEqual([]);
  });
});
