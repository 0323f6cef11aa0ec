import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/**
 * Every function that runs with its owner's rights looks for names in Postgres' own schema first and in that of the session last, so that no
 * caller can put a table of theirs before ours. Requests have no part in the master keys: the system role alone reads and notes them, also in
 * code of before.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, paths);
  await statements(db, 'revoke all on master_key from tl_app;');
}

const paths = `
do $$
declare found record;
begin
  for found in
    select p.oid::regprocedure::text as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'public' and p.prosecdef and p.proowner = current_user::regrole
      and not ('search_path=pg_catalog, public, pg_temp' = any (coalesce(p.proconfig, '{}')))
  loop
    execute format('alter function %s set search_path = pg_catalog, public, pg_temp', found.name);
  end loop;
end $$;
`;
