import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/**
 * A row for each start of a worker process, with when it was last alive and when it was asked to end. Workers of before write none, so
 * nothing is known of their deaths. It is of the installation and has no workspace, as the heartbeats are; requests have no right to it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, table);
}

const table = `
create table worker_life (
  id uuid primary key,
  process text not null,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  ended_at timestamptz,
  last_words text
);
grant select, insert, update, delete on worker_life to tl_system;
`;
