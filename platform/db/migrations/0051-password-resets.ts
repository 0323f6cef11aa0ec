import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/**
 * Passwords that people have asked to set anew, as a queue of mails: a row holds the address as it was typed, whether or not anybody has it,
 * and so no workspace. `mail_at` is empty once the mail has left, and the row goes when its end is known. The link in the mail is one of
 * `sign_in_link` with a third purpose, which code of before takes nowhere.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, tables);
  await statements(db, functions);
  for (const name of callable) {
    await statements(db, `revoke all on function ${name} from public; grant execute on function ${name} to tl_app;`);
  }
}

const callable = [
  'ask_password_reset(text, text)',
  'find_password_reset(text, int)',
  'hand_off_password_reset(uuid, int, bytea, uuid, uuid, int, int)',
  'take_back_password_reset(uuid, int, bytea, int)',
  'redeem_password_reset(bytea, text)',
];

const plpgsql = `language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp`;
const definer = `language sql volatile security definer set search_path = pg_catalog, public, pg_temp`;

const tables = `
create table password_reset (
  id uuid primary key default uuidv7(),
  email text not null,
  asked_from text not null,
  asked_at timestamptz not null default now(),
  mail_at timestamptz default now(),
  attempt int not null default 0
);
create index password_reset_due on password_reset (mail_at);
grant select, insert, update, delete on password_reset to tl_system;
alter table sign_in_link drop constraint sign_in_link_purpose_check;
alter table sign_in_link add constraint sign_in_link_purpose_check check (purpose in ('setup', 'signIn', 'passwordReset')) not valid;
create index sign_in_link_of_member on sign_in_link (member_id) where used_at is null;
`;

/** Links count for the person, whichever membership they were made with; a person's mails that leave at the same time wait for each other. */
const functions = `
create function open_password_resets(of_person uuid) returns bigint ${definer} as $$
  select count(*) from sign_in_link l join member m on m.workspace_id = l.workspace_id and m.id = l.member_id
  where m.person_id = of_person and l.purpose = 'passwordReset' and l.expires_at > now()
$$;
revoke all on function open_password_resets(uuid) from public;

create function ask_password_reset(of_email text, from_address text) returns void ${definer} as $$
  insert into password_reset (email, asked_from) values (of_email, from_address)
$$;

create function find_password_reset(of_email text, most int)
returns table (workspace_id uuid, member_id uuid, email text, name text) ${definer} as $$
  select m.workspace_id, m.id, p.email, p.name from person p
  join member m on m.person_id = p.id and m.disabled_at is null
  where lower(p.email) = lower(of_email) and open_password_resets(p.id) < most
  order by m.created_at limit 1
$$;

create function hand_off_password_reset(of_id uuid, of_attempt int, token bytea, of_workspace uuid, of_member uuid, minutes int, most int)
returns boolean ${plpgsql} as $$
declare of_person uuid;
begin
  update password_reset set mail_at = null where id = of_id and attempt = of_attempt and mail_at is not null;
  if not found then return false; end if;
  select p.id into of_person from person p join member m on m.person_id = p.id
  where m.workspace_id = of_workspace and m.id = of_member and m.disabled_at is null for no key update of p;
  if of_person is null or open_password_resets(of_person) >= most then return false; end if;
  insert into sign_in_link (token_hash, purpose, workspace_id, member_id, expires_at)
  values (token, 'passwordReset', of_workspace, of_member, now() + make_interval(mins => minutes));
  return true;
end $$;

create function take_back_password_reset(of_id uuid, of_attempt int, token bytea, seconds int) returns void ${definer} as $$
  delete from sign_in_link where token_hash = token and purpose = 'passwordReset';
  update password_reset set mail_at = now() + make_interval(secs => seconds) where id = of_id and attempt = of_attempt
$$;

create function redeem_password_reset(token bytea, password text) returns table (workspace_id uuid, member_id uuid) ${plpgsql} as $$
declare at_workspace uuid; of_member uuid; of_person uuid;
begin
  update sign_in_link l set used_at = now() from member m
  where l.token_hash = token and l.purpose = 'passwordReset' and l.used_at is null and l.expires_at > now()
    and m.workspace_id = l.workspace_id and m.id = l.member_id and m.disabled_at is null
  returning m.workspace_id, m.id, m.person_id into at_workspace, of_member, of_person;
  if not found then return; end if;
  update person set password_hash = password where id = of_person;
  delete from session s where s.person_id = of_person;
  update sign_in_link l set used_at = now() from member m
  where m.person_id = of_person and l.workspace_id = m.workspace_id and l.member_id = m.id and l.used_at is null;
  return query select at_workspace, of_member;
end $$;
`;
