import type { Kysely } from 'kysely';
import { protect, statements } from './row-security.ts';

/**
 * What is still to be erased of a person in batches, and which documents and refused rows an erasure has emptied. Code of before asks for none,
 * and finds an emptied document as one that is over.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, tables);
  await protect(db, 'erasure', ['select', 'insert']);
}

const tables = `
create table erasure (
  workspace_id uuid not null references workspace,
  id uuid not null default uuidv7(),
  contact_id uuid not null,
  person jsonb,
  cursor uuid,
  pending uuid[] not null default '{}',
  objects text[] not null default '{}',
  written text[] not null default '{}',
  documents int not null default 0,
  refused_rows int not null default 0,
  uploads int not null default 0,
  archives int not null default 0,
  others int not null default 0,
  asked_at timestamptz not null default now(),
  next_at timestamptz not null default now(),
  tries int not null default 0,
  holder uuid,
  held_until timestamptz,
  ended_at timestamptz,
  primary key (workspace_id, id)
);
create index erasure_open on erasure (next_at) where ended_at is null;
alter table document add column erased_by uuid;
alter table batch_row_error add column erased_by uuid;
`;
