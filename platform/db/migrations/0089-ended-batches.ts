import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/**
 * A batch ends with its run, whatever ends that: also where a person terminated it or it was lost, and no turn wrote the batch's end. Those of
 * before are ended here. Old code writes the same when a turn ends a batch.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, changes);
}

const changes = `
update batch b set ended_at = r.ended_at, outcome = coalesce(b.outcome, r.outcome), paused = null, rev = b.rev + 1
  from run r where r.workspace_id = b.workspace_id and r.id = b.run_id and r.ended_at is not null and b.ended_at is null;
create function end_batch_of_run() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
  update batch set ended_at = new.ended_at, outcome = coalesce(outcome, new.outcome), paused = null, rev = rev + 1
    where workspace_id = new.workspace_id and run_id = new.id and ended_at is null;
  return null;
end $$;
create trigger run_ends_batch after update of ended_at on run for each row
  when (old.ended_at is null and new.ended_at is not null) execute function end_batch_of_run();
`;
