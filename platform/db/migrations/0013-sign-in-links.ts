import type { Kysely } from 'kysely';
import { protect, statements } from './row-security.ts';

/**
 * Sign-in links are under row-level security like every table with a workspace; requests reach them by definer functions alone, as
 * before. A setup link is of no use once the installation has its first admin, however many were made before: its page says so too.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await protect(db, 'sign_in_link', ['select']);
  await statements(db, 'revoke all on sign_in_link from tl_app;');
  await statements(db, findLink);
}

const findLink = `
create or replace function find_sign_in_link(token bytea) returns table (purpose text, usable boolean, name text)
  language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select l.purpose, l.used_at is null and l.expires_at > now() and m.disabled_at is null
      and (l.purpose <> 'setup' or not exists (select from installation)), m.name
  from sign_in_link l left join member m on m.workspace_id = l.workspace_id and m.id = l.member_id
  where l.token_hash = token
$$;
`;
