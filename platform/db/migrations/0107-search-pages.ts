import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/**
 * A page of the people whose names hold a text, the newest first: the function of before answered any 1,000 of them. The statement is planned
 * for its text, as one that most people have is found by going through them, and a rare one by its index. Adds only; code of before goes on with
 * the function that it knows.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, functions);
}

const functions = `
create function contacts_page_holding(wanted text, before uuid, most int) returns setof uuid
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $body$
begin
  return query execute
    'select id from contact where workspace_id = $1 and ($3 is null or id < $3) and contact_words(external_id, email, attributes) like $2
      order by id desc limit $4'
    using nullif(current_setting('app.workspace', true), '')::uuid,
      '%' || replace(replace(replace(lower(wanted), '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%', before, most;
end $body$;
revoke all on function contacts_page_holding(text, uuid, int) from public;
grant execute on function contacts_page_holding(text, uuid, int) to tl_app;
`;
