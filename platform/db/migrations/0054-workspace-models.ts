import type { Kysely } from 'kysely';
import { protect, statements } from './row-security.ts';

/**
 * Language models that a workspace has of its own, whether it counts the tokens of those without a price, and the last trial of each model. The
 * key of a model is a row of `secret`. No code of before reads or writes any of it: it asks the installation's models alone.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, tables);
  await protect(db, 'workspace_model', ['select', 'insert', 'update', 'delete']);
  await protect(db, 'model_policy', ['select', 'insert', 'update']);
  await protect(db, 'model_trial', ['select', 'insert', 'update', 'delete']);
}

const tables = `
create table workspace_model (
  workspace_id uuid not null references workspace,
  name text not null check (length(name) between 1 and 120),
  facts jsonb not null,
  set_at timestamptz not null default now(),
  set_by uuid,
  primary key (workspace_id, name)
);
create table model_policy (
  workspace_id uuid primary key references workspace,
  counts_unpriced boolean not null
);
create table model_trial (
  workspace_id uuid not null references workspace,
  model text not null,
  asked_at timestamptz not null default now(),
  due_at timestamptz default now(),
  ended_at timestamptz,
  is_usable boolean,
  lines text[] not null default '{}',
  primary key (workspace_id, model)
);
create index model_trial_due on model_trial (due_at) where due_at is not null;
`;
