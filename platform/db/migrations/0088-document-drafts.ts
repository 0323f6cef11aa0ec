import type { Kysely } from 'kysely';
import { protect, statements } from './row-security.ts';

/**
 * The texts that a document has and had, once a reviewer has changed it or had it written anew, and when each was decided. Code of before
 * knows no second text: it asks for none, decides what it sees, and leaves a document's open draft to newer code.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, tables);
  await protect(db, 'document_draft', ['select', 'insert', 'update']);
}

const tables = `
create table document_draft (
  workspace_id uuid not null,
  document_id uuid not null,
  number int not null,
  kind text not null check (kind in ('first', 'edited', 'regenerated')),
  state text not null check (state in ('open', 'working', 'made', 'failed', 'dropped')),
  author text,
  note text,
  answers jsonb,
  findings jsonb not null default '[]',
  content_hash text,
  cost_micros bigint not null default 0,
  deaths int not null default 0,
  error jsonb,
  asked_at timestamptz not null default now(),
  made_at timestamptz,
  primary key (workspace_id, document_id, number),
  foreign key (workspace_id, document_id) references document (workspace_id, id)
);
alter table document add column open_draft int, add column decided_at timestamptz;
create index document_being_changed on document (workspace_id, batch_id, ordinal) where open_draft is not null;
create index document_decided on document (workspace_id, batch_id, ordinal) where decision is not null;
create or replace trigger document_counts before update on document for each row
  when ((new.generated is distinct from old.generated and new.generated <> 'working')
    or (new.rendered is distinct from old.rendered and new.rendered <> 'working')
    or new.decision is distinct from old.decision or new.open_draft is distinct from old.open_draft)
  execute function count_document_change();
`;
