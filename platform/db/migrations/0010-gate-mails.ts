import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/**
 * When the mails about a gate are due. Gates that were open before stay without one; code of before leaves the column alone, so
 * its gates are mailed by the workers that know it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(
    db,
    `
alter table gate add column mail_at timestamptz;
alter table gate alter column mail_at set default now();
alter table gate_link add column made_at timestamptz not null default now();
create index gate_link_of_member on gate_link (workspace_id, member_id, made_at);
create index gate_mail_due on gate (mail_at) where mail_at is not null;
`,
  );
}
