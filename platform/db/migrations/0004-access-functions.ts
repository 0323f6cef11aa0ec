import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/**
 * What has no workspace yet (sign-in, sessions, keys, links, throttling) as functions of `tl_owner`, each with a fixed
 * `search_path` and no right for PUBLIC, and the row that says that the installation has its first admin. Adds only; the
 * code before it does not know these names.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, tables);
  await statements(db, signIn);
  await statements(db, sessions);
  await statements(db, members);
  await statements(db, keysAndLinks);
  for (const name of callable) {
    await statements(db, `revoke all on function ${name} from public; grant execute on function ${name} to tl_app;`);
  }
}

const callable = [
  'note_attempt(bytea, int)',
  'forget_attempts(bytea)',
  'find_login(text, text)',
  'redeem_setup(bytea, text, text, text, text, text)',
  'find_sign_in_link(bytea)',
  'redeem_sign_in_link(bytea)',
  'open_session(bytea, uuid, uuid, timestamptz)',
  'find_session(bytea)',
  'close_session(bytea)',
  'password_of_session(bytea)',
  'set_password(bytea, text)',
  'workspaces_of_person(uuid)',
  'invite_member(text, text, text[])',
  'make_sign_in_link(bytea, uuid, timestamptz)',
  'find_api_key(bytea)',
  'find_gate_link(bytea)',
];

const definer = `language sql volatile security definer set search_path = pg_catalog, public, pg_temp`;
const plpgsql = `language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp`;

const tables = `
create table installation (
  only_one boolean primary key default true check (only_one),
  first_admin uuid not null references person,
  at timestamptz not null default now()
);
grant select, insert, update, delete on person, sign_in_link, sign_in_attempt to tl_system;
`;

const signIn = `
create function note_attempt(subject bytea, minutes int) returns int ${plpgsql} as $$
declare counted int;
begin
  insert into sign_in_attempt (subject_hash) values (subject);
  select count(*) into counted from sign_in_attempt where subject_hash = subject and at > now() - make_interval(mins => minutes);
  return counted;
end $$;

create function forget_attempts(subject bytea) returns void ${definer} as $$
  delete from sign_in_attempt where subject_hash = subject
$$;

create function find_login(of_email text, in_workspace text)
returns table (person_id uuid, password_hash text, workspace_id uuid, member_id uuid) ${definer} as $$
  select p.id, p.password_hash, m.workspace_id, m.id
  from person p
  join member m on m.person_id = p.id and m.disabled_at is null
  join workspace w on w.id = m.workspace_id
  where lower(p.email) = lower(of_email) and (in_workspace is null or w.slug = in_workspace)
  order by m.created_at limit 1
$$;

create function redeem_setup(token bytea, workspace_slug text, workspace_name text, of_email text, of_name text, password text)
returns table (workspace_id uuid, member_id uuid) ${plpgsql} as $$
declare made_workspace uuid; made_person uuid; made_member uuid;
begin
  update sign_in_link set used_at = now()
  where token_hash = token and purpose = 'setup' and used_at is null and expires_at > now();
  if not found then return; end if;
  insert into person (email, name, password_hash) values (of_email, of_name, password) returning id into made_person;
  insert into installation (first_admin) values (made_person);
  insert into workspace (slug, name) values (workspace_slug, workspace_name) returning id into made_workspace;
  insert into member (workspace_id, person_id, email, name, roles)
  values (made_workspace, made_person, of_email, of_name, array['admin']) returning id into made_member;
  return query select made_workspace, made_member;
end $$;

create function find_sign_in_link(token bytea)
returns table (purpose text, usable boolean, name text) ${definer} as $$
  select l.purpose, l.used_at is null and l.expires_at > now() and m.disabled_at is null, m.name
  from sign_in_link l left join member m on m.workspace_id = l.workspace_id and m.id = l.member_id
  where l.token_hash = token
$$;

create function redeem_sign_in_link(token bytea) returns table (workspace_id uuid, member_id uuid) ${definer} as $$
  update sign_in_link l set used_at = now() from member m
  where l.token_hash = token and l.purpose = 'signIn' and l.used_at is null and l.expires_at > now()
    and m.workspace_id = l.workspace_id and m.id = l.member_id and m.disabled_at is null
  returning l.workspace_id, l.member_id
$$;
`;

const sessions = `
create function open_session(token bytea, of_workspace uuid, of_member uuid, until timestamptz) returns void ${definer} as $$
  insert into session (token_hash, workspace_id, person_id, member_id, expires_at)
  select token, m.workspace_id, m.person_id, m.id, until from member m
  where m.workspace_id = of_workspace and m.id = of_member and m.disabled_at is null
$$;

create function find_session(token bytea)
returns table (workspace_id uuid, person_id uuid, member_id uuid, name text, roles text[], expires_at timestamptz) ${plpgsql} as $$
begin
  update session s set seen_at = now() where s.token_hash = token and s.seen_at < now() - interval '1 minute'
    and s.seen_at > now() - interval '3 days' and s.expires_at > now();
  return query select s.workspace_id, s.person_id, s.member_id, m.name, m.roles, s.expires_at
    from session s join member m on m.workspace_id = s.workspace_id and m.id = s.member_id
    where s.token_hash = token and s.expires_at > now() and s.seen_at > now() - interval '3 days' and m.disabled_at is null;
end $$;

create function close_session(token bytea) returns void ${definer} as $$
  delete from session where token_hash = token
$$;

create function password_of_session(token bytea) returns table (person_id uuid, password_hash text) ${definer} as $$
  select p.id, p.password_hash from session s join person p on p.id = s.person_id where s.token_hash = token and s.expires_at > now()
$$;

create function set_password(token bytea, password text) returns boolean ${plpgsql} as $$
declare of_person uuid;
begin
  select s.person_id into of_person from session s where s.token_hash = token and s.expires_at > now();
  if not found then return false; end if;
  update person set password_hash = password where id = of_person;
  delete from session where person_id = of_person and token_hash <> token;
  return true;
end $$;

create function workspaces_of_person(of_person uuid)
returns table (id uuid, slug text, name text, zone text, member_id uuid) ${definer} as $$
  select w.id, w.slug, w.name, w.zone, m.id from member m join workspace w on w.id = m.workspace_id
  where m.person_id = of_person and m.disabled_at is null order by w.slug
$$;
`;

/**
 * The admin of one workspace must not become a person of another: an invitation is refused for an e-mail that is known
 * elsewhere, and no sign-in link is made for a person who is a member elsewhere. The operator of the installation may.
 */
const members = `
create function invite_member(of_email text, of_name text, of_roles text[]) returns uuid ${plpgsql} as $$
declare of_person uuid; here uuid := nullif(current_setting('app.workspace', true), '')::uuid; made uuid;
begin
  insert into person (email, name) values (of_email, of_name) on conflict (lower(email)) do nothing;
  select p.id into of_person from person p where lower(p.email) = lower(of_email)
    and not exists (select 1 from member m where m.person_id = p.id and m.workspace_id <> here);
  if of_person is null then return null; end if;
  insert into member (workspace_id, person_id, email, name, roles) values (here, of_person, of_email, of_name, of_roles)
  on conflict (workspace_id, person_id) do nothing returning id into made;
  return made;
end $$;

create function make_sign_in_link(token bytea, of_member uuid, until timestamptz) returns boolean ${plpgsql} as $$
begin
  insert into sign_in_link (token_hash, purpose, workspace_id, member_id, expires_at)
  select token, 'signIn', m.workspace_id, m.id, until from member m
  where m.workspace_id = nullif(current_setting('app.workspace', true), '')::uuid and m.id = of_member and m.disabled_at is null
    and not exists (select 1 from member o where o.person_id = m.person_id and o.workspace_id <> m.workspace_id);
  return found;
end $$;
`;

const keysAndLinks = `
create function find_api_key(secret bytea)
returns table (workspace_id uuid, id uuid, name text, scopes text[], created_by uuid, expires_at timestamptz) ${plpgsql} as $$
begin
  update api_key k set last_used_at = now()
  where k.key_hash = secret and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
    and (k.last_used_at is null or k.last_used_at < now() - interval '1 minute');
  return query select k.workspace_id, k.id, k.name, k.scopes, k.created_by, k.expires_at from api_key k
    where k.key_hash = secret and k.revoked_at is null and (k.expires_at is null or k.expires_at > now());
end $$;

create function find_gate_link(token bytea)
returns table (workspace_id uuid, gate_id uuid, member_id uuid, round int, content_hash text, expires_at timestamptz) ${definer} as $$
  select l.workspace_id, l.gate_id, l.member_id, l.round, l.content_hash, l.expires_at from gate_link l where l.token_hash = token
$$;
`;
