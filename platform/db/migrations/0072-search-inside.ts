import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/**
 * People are found by what stands anywhere in their names. Row-level security keeps a search for trigrams from its index, as it is not
 * leakproof: a function of the owner looks, in the workspace of the transaction alone. Adds only.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, extensions);
  await statements(db, functions);
}

const extensions = `
create extension if not exists pg_trgm schema public;
create extension if not exists btree_gin schema public;
`;

const functions = `
create function contact_words(external_id text, email text, attributes jsonb) returns text language sql immutable parallel safe as $$
  select lower(coalesce(attributes ->> 'name', '') || ' ' || coalesce(attributes ->> 'firstName', '') || ' '
    || coalesce(attributes ->> 'lastName', '') || ' ' || coalesce(email, '') || ' ' || external_id)
$$;

create function contacts_holding(wanted text, most int) returns setof uuid
  language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select id from contact
  where workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
    and contact_words(external_id, email, attributes) like '%' || replace(replace(replace(lower(wanted), '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%'
  limit most
$$;
revoke all on function contacts_holding(text, int) from public;
grant execute on function contacts_holding(text, int) to tl_app;
`;
