import { sql, type Kysely } from 'kysely';
import { buildIndex } from './migrate.ts';

/** Mails written in one transaction. */
const pageRows = 2_000;
const nobody = '00000000-0000-0000-0000-000000000000';

/** The mails of before get their template and what they are about, page by page, and the indexes go to these columns. */
export async function up(db: Kysely<unknown>): Promise<void> {
  let after = { workspace: nobody, effect: nobody };
  for (;;) {
    const { rows } = await sql<typeof after>`
      with page as (
        select workspace_id, id from effect where (workspace_id, id) > (${after.workspace}::uuid, ${after.effect}::uuid)
        order by workspace_id, id limit ${pageRows}
      ), written as (
        update effect set template = request -> 'content' ->> 'template', subject_id = run.subject_id from page, run
        where effect.workspace_id = page.workspace_id and effect.id = page.id and effect.kind = 'email' and effect.subject_id is null
          and run.workspace_id = effect.workspace_id and run.id = effect.run_id
      )
      select workspace_id as workspace, id as effect from page order by workspace_id desc, id desc limit 1`.execute(db);
    const [last] = rows;
    if (!last) break;
    after = last;
  }
  await buildIndex(db, {
    name: 'effect_of_template',
    on: 'effect (workspace_id, template, id desc) where template is not null',
  });
  await buildIndex(db, {
    name: 'effect_mails_in_journey',
    on: `effect (workspace_id, subject_id, step, id desc) where kind = 'email'`,
  });
  for (const name of ['effect_mails_of_template', 'effect_mails_of_step'])
    await sql`drop index concurrently if exists ${sql.ref(name)}`.execute(db);
}

/** Nobody's row is locked for longer than a page takes, and the index is built while everything goes on. */
export const transaction = false;
