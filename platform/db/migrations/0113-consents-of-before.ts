import { type Kysely, sql } from 'kysely';

/** Opt-outs copied in one transaction. */
const pageRows = 1_000;

/** The opt-outs of before come into what each person has said, page by page and each once, however often it breaks off. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const key = sql`(o.workspace_id, o.contact_id, o.channel)`;
  let after: Key = {
    workspace: '00000000-0000-0000-0000-000000000000',
    contact: '00000000-0000-0000-0000-000000000000',
    channel: '',
  };
  for (;;) {
    const from = sql`${key} > (${after.workspace}::uuid, ${after.contact}::uuid, ${after.channel})`;
    const { rows } = await sql<Key>`
      select o.workspace_id as workspace, o.contact_id as contact, o.channel from opt_out o
      where ${from} order by o.workspace_id, o.contact_id, o.channel limit ${pageRows}`.execute(db);
    const last = rows.at(-1);
    if (!last) return;
    await sql`
      with page as (
        select o.* from opt_out o join contact c on c.workspace_id = o.workspace_id and c.id = o.contact_id
        where ${from} and ${key} <= (${last.workspace}::uuid, ${last.contact}::uuid, ${last.channel}) for key share of c)
      insert into consent_change (workspace_id, contact_id, channel, is_open, reason, note, at)
      select workspace_id, contact_id, channel, false, reason, note, at from page
      where not exists (select from consent_change said where said.workspace_id = page.workspace_id
        and said.contact_id = page.contact_id and said.channel = page.channel and said.at = page.at)`.execute(db);
    after = last;
  }
}

type Key = { workspace: string; contact: string; channel: string };

/** Nobody's row is locked for longer than a page takes. */
export const transaction = false;
