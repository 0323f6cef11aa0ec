import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/** What approvals are listed by: when they are due, when they were decided. Adds indexes only; old code runs on unchanged. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, indexes);
}

const indexes = `
create index gate_by_due on gate (workspace_id, status, (coalesce(due_at, 'infinity')), id);
create index gate_by_decision on gate (workspace_id, decided_at desc, id desc) where decided_at is not null;
`;
