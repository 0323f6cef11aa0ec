import type { Kysely } from 'kysely';
import { protect, statements } from './row-security.ts';

/**
 * Mails to contacts with their subject and the address that they went to, and what mail servers report of them afterwards. A report knows no
 * workspace, only the mail. Code of before writes neither, and its mails carry no id that a report could be known by.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, tables);
  for (const table of ['mail', 'mail_report']) await protect(db, table, ['select', 'insert', 'update', 'delete']);
  await statements(db, functions);
}

const tables = `
create table mail (
  workspace_id uuid not null,
  effect_id uuid not null,
  contact_id uuid not null,
  recipient text not null,
  subject text not null,
  primary key (workspace_id, effect_id),
  unique (effect_id),
  foreign key (workspace_id, effect_id) references effect (workspace_id, id),
  foreign key (workspace_id, contact_id) references contact (workspace_id, id) on delete cascade
);
create index mail_of_contact on mail (workspace_id, contact_id);
create index mail_to on mail (workspace_id, lower(recipient) collate "C");
create table mail_report (
  workspace_id uuid not null,
  id text not null,
  effect_id uuid not null,
  contact_id uuid not null,
  kind text not null check (kind in ('delivered', 'delayed', 'refused', 'softBounced', 'bounced', 'complained', 'unsubscribed')),
  status text,
  diagnostic text,
  token text unique,
  at timestamptz not null,
  received_at timestamptz not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id, effect_id) references mail (workspace_id, effect_id) on delete cascade,
  foreign key (workspace_id, contact_id) references contact (workspace_id, id) on delete cascade
);
create index mail_report_of_mail on mail_report (workspace_id, effect_id);
create index mail_report_of_contact on mail_report (workspace_id, contact_id);
`;

const functions = `
create function workspace_of_mail(wanted uuid) returns uuid
  language sql stable security definer set search_path = pg_catalog, public, pg_temp
  as $$ select workspace_id from mail where effect_id = wanted $$;
revoke all on function workspace_of_mail(uuid) from public;
grant execute on function workspace_of_mail(uuid) to tl_app;
`;
