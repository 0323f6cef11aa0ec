import { sql } from 'kysely';
import { prepareDatabase } from '../../../platform/db/migrations/bootstrap.ts';
import { kysely } from '../../../platform/db/core/kysely.ts';
import { createDb } from '../../../platform/db/core/pool.ts';
import { createOperatorKey, ensureWorkspace } from '../../../platform/db/access/provisioning.ts';
import { newToken } from '../../../platform/tokens.ts';

/** A database as a team's would be after some days, and how to reach it. */
export type BenchWorkspace = { settings: { DATABASE_URL: string; THROUGHLINE_KEY: string }; key: string };

/** Runs in the workspace, each of a contact of its own, half of them ended. */
export const runCount = 2_000;

/** Prepares the database of a fresh server: one workspace with 2,000 runs, and a key that may read runs and send events. */
export async function prepareWorkspace(databaseUrl: string): Promise<BenchWorkspace> {
  const settings = { DATABASE_URL: databaseUrl, THROUGHLINE_KEY: newToken() };
  await prepareDatabase(settings);
  const owner = createDb(settings, 'tl_owner', 1);
  const system = createDb(settings, 'tl_system', 1);
  try {
    const workspaceId = await ensureWorkspace(owner, { slug: 'bench', name: 'Bench' });
    await sql`insert into contact (workspace_id, external_id, email, attributes)
      select ${workspaceId}::uuid, 'contact-' || n, 'contact-' || n || '@example.test', '{"plan": "free", "city": "Oslo"}'
      from generate_series(1, ${runCount}::int) n`.execute(kysely(system));
    await sql`insert into run (workspace_id, kind, title, workflow_id, temporal_run_id, entry_key, subject_id, contact_id, turn, status,
        waiting_for, current_step, next_due_at, open, outcome, rev, ended_at)
      select workspace_id, 'journey', 'Welcome', 'journey-run/' || id, id, id, id, id, 5, case when is_over then 'completed' else 'waiting' end,
        case when not is_over then 'event' end, case when not is_over then 'firstLogin' end, case when not is_over then now() + interval '3 days' end,
        '[]', case when is_over then 'done' end, 6, case when is_over then now() end
      from (select *, right(external_id, 1)::int % 2 = 0 as is_over from contact where workspace_id = ${workspaceId}) c`.execute(
      kysely(system),
    );
    await sql`analyze contact, run`.execute(kysely(owner));
    const key = await createOperatorKey(owner, { workspaceId, name: 'bench', scopes: ['runs:read', 'events:write'] });
    return { settings, key };
  } finally {
    await Promise.all([owner.destroy(), system.destroy()]);
  }
}
