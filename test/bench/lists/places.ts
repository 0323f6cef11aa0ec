import type pg from 'pg';
import type { Places } from './looks.ts';

/** The places that the looks are about, in a workspace that `fill` has filled. */
export async function placesOf(admin: pg.Client, workspaceId: string): Promise<Places> {
  const one = async (text: string): Promise<string> => {
    const { rows } = await admin.query<{ id: string }>(text, [workspaceId]);
    return rows[0]?.id ?? '';
  };
  const journeys = await admin.query<{ id: string }>(
    'select id from journey where workspace_id = $1 order by substring(slug, 9)::int',
    [workspaceId],
  );
  const contact = await admin.query<{ id: string; externalId: string; email: string }>(
    `select id, external_id as "externalId", email from contact where workspace_id = $1 and external_id = 'contact-500'`,
    [workspaceId],
  );
  return {
    workspaceId,
    journeyIds: journeys.rows.map(({ id }) => id),
    courseRunId: await one('select id from course_run where workspace_id = $1 order by id limit 1'),
    batchId: await one('select id from batch where workspace_id = $1 order by id limit 1'),
    contact: contact.rows[0] ?? { id: '', externalId: '', email: '' },
    middleRunId: await one(
      'select id from run where workspace_id = $1 order by id offset (select count(*) / 2 from run where workspace_id = $1) limit 1',
    ),
  };
}

/** What a run takes of each table with its indexes, in bytes, the largest first. */
export async function sizesOf(admin: pg.Client, runs: number): Promise<{ table: string; each: number }[]> {
  const { rows } = await admin.query<{ table: string; bytes: string }>(
    `select relname as table, pg_total_relation_size(oid) as bytes from pg_class
     where relnamespace = 'public'::regnamespace and relkind = 'r' order by 2 desc limit 12`,
  );
  return rows.map(({ table, bytes }) => ({ table, each: Number(bytes) / runs }));
}
