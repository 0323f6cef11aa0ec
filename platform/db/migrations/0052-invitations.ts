import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/**
 * An invitation of an address that is known in another workspace is like any other: the member gets a person of their own, who has no
 * address and so cannot be found by it. Only a mailed link proves that both are the same; then the memberships come together. Code of before
 * calls the same functions and gets the same answers.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, tables);
  await statements(db, functions);
}

const plpgsql = `language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp`;
const definer = `language sql volatile security definer set search_path = pg_catalog, public, pg_temp`;

const tables = `
alter table person alter column email drop not null;
create index member_email on member (lower(email));
`;

const functions = `
create or replace function invite_member(of_email text, of_name text, of_roles text[]) returns uuid ${plpgsql} as $$
declare of_person uuid; here uuid := nullif(current_setting('app.workspace', true), '')::uuid; made uuid;
begin
  perform pg_advisory_xact_lock(hashtextextended(here::text || lower(of_email), 7406));
  if exists (select from member m where m.workspace_id = here and lower(m.email) = lower(of_email)) then return null; end if;
  insert into person (email, name) values (of_email, of_name) on conflict (lower(email)) do nothing;
  select p.id into of_person from person p where lower(p.email) = lower(of_email)
    and not exists (select from member m where m.person_id = p.id);
  if of_person is null then
    insert into person (email, name) values (null, of_name) returning id into of_person;
  end if;
  insert into member (workspace_id, person_id, email, name, roles) values (here, of_person, of_email, of_name, of_roles)
  returning id into made;
  return made;
end $$;

create function join_memberships(of_person uuid) returns void ${plpgsql} as $$
declare found_member record;
begin
  for found_member in
    select m.workspace_id, m.id, m.person_id from person p
    join member m on lower(m.email) = lower(p.email)
    join person o on o.id = m.person_id and o.email is null
    where p.id = of_person
      and not exists (select from member own where own.workspace_id = m.workspace_id and own.person_id = of_person)
  loop
    delete from session s where s.person_id = found_member.person_id;
    update sign_in_link l set used_at = now()
    where l.workspace_id = found_member.workspace_id and l.member_id = found_member.id and l.used_at is null;
    update member m set person_id = of_person where m.workspace_id = found_member.workspace_id and m.id = found_member.id;
    delete from person p where p.id = found_member.person_id;
  end loop;
end $$;
revoke all on function join_memberships(uuid) from public;

create or replace function find_password_reset(of_email text, most int)
returns table (workspace_id uuid, member_id uuid, email text, name text) ${definer} as $$
  select m.workspace_id, m.id, p.email, p.name from person p
  join member m on lower(m.email) = lower(p.email) and m.disabled_at is null
  where lower(p.email) = lower(of_email) and open_password_resets(m.person_id) < most
  order by m.created_at limit 1
$$;

create or replace function redeem_password_reset(token bytea, password text) returns table (workspace_id uuid, member_id uuid) ${plpgsql} as $$
declare at_workspace uuid; of_member uuid; of_person uuid;
begin
  update sign_in_link l set used_at = now() from member m
  where l.token_hash = token and l.purpose = 'passwordReset' and l.used_at is null and l.expires_at > now()
    and m.workspace_id = l.workspace_id and m.id = l.member_id and m.disabled_at is null
  returning m.workspace_id, m.id into at_workspace, of_member;
  if not found then return; end if;
  select p.id into of_person from member m join person p on lower(p.email) = lower(m.email)
  where m.workspace_id = at_workspace and m.id = of_member;
  if of_person is null then return; end if;
  update person set password_hash = password where id = of_person;
  perform join_memberships(of_person);
  delete from session s where s.person_id = of_person;
  update sign_in_link l set used_at = now() from member m
  where m.person_id = of_person and l.workspace_id = m.workspace_id and l.member_id = m.id and l.used_at is null;
  return query select at_workspace, of_member;
end $$;
`;
