import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/**
 * Sign-in counts failures alone, for an account from one address. A session that a link has opened may set a password without the old
 * one, until it has. An admin may take a password away; a disabled member's sessions and keys end. Runs and versions know who asked for
 * them, for the separation of duties. Adds only: code of before calls the functions it knows, which stay, and leaves the columns empty.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, columns);
  await statements(db, attempts);
  await statements(db, sessions);
  await statements(db, members);
  await statements(db, keys);
  for (const name of callable) {
    await statements(db, `revoke all on function ${name} from public; grant execute on function ${name} to tl_app;`);
  }
}

const callable = [
  'try_attempt(bytea, int, int)',
  'take_back_attempt(bytea)',
  'open_session_by(bytea, uuid, uuid, timestamptz, boolean)',
  'password_behind_session(bytea)',
  'end_sessions(uuid)',
  'take_password(uuid)',
  'find_live_key(bytea)',
];

const definer = `language sql volatile security definer set search_path = pg_catalog, public, pg_temp`;
const plpgsql = `language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp`;

const columns = `
alter table session add column by_link boolean not null default false;
alter table run add column requested_by uuid;
alter table journey_version add column publisher uuid;
`;

const attempts = `
create function try_attempt(subject bytea, minutes int, most int) returns boolean ${plpgsql} as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(encode(subject, 'hex'), 7405));
  if (select count(*) from sign_in_attempt where subject_hash = subject and at > now() - make_interval(mins => minutes)) >= most then
    return false;
  end if;
  insert into sign_in_attempt (subject_hash) values (subject);
  return true;
end $$;

create function take_back_attempt(subject bytea) returns void ${definer} as $$
  delete from sign_in_attempt where ctid = (select ctid from sign_in_attempt where subject_hash = subject order by at desc limit 1)
$$;
`;

const sessions = `
create function open_session_by(token bytea, of_workspace uuid, of_member uuid, until timestamptz, is_by_link boolean) returns void ${definer} as $$
  insert into session (token_hash, workspace_id, person_id, member_id, expires_at, by_link)
  select token, m.workspace_id, m.person_id, m.id, until, is_by_link from member m
  where m.workspace_id = of_workspace and m.id = of_member and m.disabled_at is null
$$;

create function password_behind_session(token bytea) returns table (person_id uuid, password_hash text, by_link boolean) ${definer} as $$
  select p.id, p.password_hash, s.by_link from session s join person p on p.id = s.person_id where s.token_hash = token and s.expires_at > now()
$$;

create or replace function set_password(token bytea, password text) returns boolean ${plpgsql} as $$
declare of_person uuid;
begin
  select s.person_id into of_person from session s where s.token_hash = token and s.expires_at > now();
  if not found then return false; end if;
  update person set password_hash = password where id = of_person;
  update session set by_link = false where token_hash = token;
  delete from session where person_id = of_person and token_hash <> token;
  return true;
end $$;

create function end_sessions(of_member uuid) returns void ${definer} as $$
  delete from session where workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and member_id = of_member
$$;
`;

/** As for sign-in links: the admin of one workspace takes nothing from a person who is a member of another. */
const members = `
create function take_password(of_member uuid) returns boolean ${plpgsql} as $$
declare of_person uuid; here uuid := nullif(current_setting('app.workspace', true), '')::uuid;
begin
  select m.person_id into of_person from member m where m.workspace_id = here and m.id = of_member
    and not exists (select 1 from member o where o.person_id = m.person_id and o.workspace_id <> here);
  if not found then return false; end if;
  update person set password_hash = null where id = of_person;
  delete from session where person_id = of_person;
  update sign_in_link set used_at = now() where workspace_id = here and member_id = of_member and used_at is null;
  return true;
end $$;
`;

const keys = `
create or replace function find_api_key(secret bytea)
returns table (workspace_id uuid, id uuid, name text, scopes text[], created_by uuid, expires_at timestamptz) ${plpgsql} as $$
begin
  return query select k.workspace_id, k.id, k.name, k.scopes, k.created_by, k.expires_at from find_live_key(secret) k;
end $$;

create function find_live_key(secret bytea)
returns table (workspace_id uuid, id uuid, name text, scopes text[], created_by uuid, expires_at timestamptz, creator_roles text[]) ${plpgsql} as $$
begin
  update api_key k set last_used_at = now()
  where k.key_hash = secret and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
    and (k.last_used_at is null or k.last_used_at < now() - interval '1 minute');
  return query select k.workspace_id, k.id, k.name, k.scopes, k.created_by, k.expires_at, m.roles
    from api_key k left join member m on m.workspace_id = k.workspace_id and m.id = k.created_by
    where k.key_hash = secret and k.revoked_at is null and (k.expires_at is null or k.expires_at > now()) and m.disabled_at is null;
end $$;
`;
