import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/**
 * People and documents are found by how their names begin, and people by their address. Row-level security keeps `lower()` from its indexes, as it is
 * not leakproof: functions of the owner look, in the workspace of the transaction alone, each planned for what it is given.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, functions);
}

const columns = ['external_id', 'email', `attributes ->> 'name'`, `attributes ->> 'firstName'`];
const begins = (column: string): string =>
  `(lower(${column}) collate "C" >= $2 and lower(${column}) collate "C" < $2 || chr(1114111))`;

const functions = `
create function contacts_page_beginning(wanted text, before uuid, most int) returns setof uuid
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $body$
begin
  return query execute $look$select id from contact where workspace_id = $1 and ($3 is null or id < $3) and (${columns.map(begins).join(' or ')})
      order by id desc limit $4$look$
    using nullif(current_setting('app.workspace', true), '')::uuid, lower(wanted), before, most;
end $body$;

create function contacts_beginning(wanted text, most int) returns setof uuid
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $body$
begin
  return query execute $look$${columns
    .map(
      (column) =>
        `(select id from contact where workspace_id = $1 and ${begins(column)} order by lower(${column}) collate "C" limit $3)`,
    )
    .join(' union ')}$look$
    using nullif(current_setting('app.workspace', true), '')::uuid, lower(wanted), most;
end $body$;

create function contacts_page_of_address(wanted text, before uuid, most int) returns setof uuid
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $body$
begin
  return query execute $look$select id from contact where workspace_id = $1 and lower(email) collate "C" = $2 and ($3 is null or id < $3)
      order by id desc limit $4$look$
    using nullif(current_setting('app.workspace', true), '')::uuid, lower(wanted), before, most;
end $body$;

create function documents_beginning(wanted text, most int) returns setof uuid
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $body$
begin
  return query execute $look$select id from document where workspace_id = $1 and ${begins('key')} limit $3$look$
    using nullif(current_setting('app.workspace', true), '')::uuid, lower(wanted), most;
end $body$;

${[
  'contacts_page_beginning(text, uuid, int)',
  'contacts_beginning(text, int)',
  'contacts_page_of_address(text, uuid, int)',
  'documents_beginning(text, int)',
]
  .map((name) => `revoke all on function ${name} from public; grant execute on function ${name} to tl_app;`)
  .join('\n')}
`;
