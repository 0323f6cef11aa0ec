import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/** What the dashboard's lists are read from. Adds indexes only; old code runs on unchanged. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, indexes);
}

const indexes = `
create index run_counts on run (workspace_id, kind, status, waiting_for);
create index run_by_waiting on run (workspace_id, waiting_for, id desc) where ended_at is null;
create index run_at_step on run (workspace_id, subject_id, current_step, next_due_at, id) where ended_at is null;
create index run_ended on run (workspace_id, ended_at) where ended_at is not null;
create index effect_struggling on effect (workspace_id, run_id) where attempt >= 3 and state in ('planned', 'claimed', 'handedOff');
create index incident_open on incident (workspace_id, run_id) where state = 'open';
create index journey_run_of_version on journey_run (workspace_id, version_id);
create index gate_of_run on gate (workspace_id, run_id, id);
create index contact_external_begins on contact (workspace_id, (lower(external_id) collate "C"));
create index contact_email_begins on contact (workspace_id, (lower(email) collate "C"));
create index contact_name_begins on contact (workspace_id, (lower(attributes ->> 'name') collate "C"));
create index batch_name_begins on batch (workspace_id, (lower(name) collate "C"));
create index enrollment_of_run on enrollment (workspace_id, run_id);
`;
