import { sql, type Kysely } from 'kysely';

/** Runs written in one transaction. */
const pageRows = 2_000;

/** The runs of before get their version and their goal, page by page and each once, however often it breaks off. */
export async function up(db: Kysely<unknown>): Promise<void> {
  let after = { workspace: nobody, run: nobody };
  for (;;) {
    const { rows } = await sql<typeof after>`
      with page as (
        select workspace_id, run_id, version_id from journey_run
        where (workspace_id, run_id) > (${after.workspace}::uuid, ${after.run}::uuid) order by workspace_id, run_id limit ${pageRows}
      ), written as (
        update run set version_id = page.version_id, has_goal = run.has_goal or exists (
          select from step s where s.workspace_id = page.workspace_id and s.run_id = page.run_id and s.step = '$goal')
        from page where run.workspace_id = page.workspace_id and run.id = page.run_id and run.version_id is null
      )
      select workspace_id as workspace, run_id as run from page order by workspace_id desc, run_id desc limit 1`.execute(
      db,
    );
    const [last] = rows;
    if (!last) break;
    after = last;
  }
  await placePositions(db);
}

const nobody = '00000000-0000-0000-0000-000000000000';

/** Where runs stand, with what they are about. */
async function placePositions(db: Kysely<unknown>): Promise<void> {
  for (;;) {
    const { numAffectedRows = 0n } = await sql`
      update run_position p set subject_id = r.subject_id from run r
      where r.workspace_id = p.workspace_id and r.id = p.run_id and p.subject_id is null and p.ctid = any(array(
        select ctid from run_position where subject_id is null limit ${pageRows}))`.execute(db);
    if (numAffectedRows === 0n) return;
  }
}

/** Nobody's row is locked for longer than a page takes. */
export const transaction = false;
