import type { Generated } from 'kysely';
import type { DefaultInstant, Instant, Json, MaybeInstant } from './columns.ts';
import type { TableRecords } from './table-record.ts';

/** The tables of the language models of workspaces. */
export type ModelTables = {
  workspace_model: {
    workspace_id: string;
    name: string;
    facts: Json<Record<string, unknown>>;
    set_at: Instant;
    set_by: string | null;
  };
  model_policy: { workspace_id: string; counts_unpriced: boolean };
  model_trial: {
    workspace_id: string;
    model: string;
    asked_at: DefaultInstant;
    due_at: MaybeInstant;
    ended_at: MaybeInstant;
    is_usable: boolean | null;
    lines: Generated<string[]>;
  };
};

/** Whose data each of them holds, and how long. */
export const modelTables: TableRecords<ModelTables> = {
  workspace_model: { subject: 'none', retention: 'workspace' },
  model_policy: { subject: 'none', retention: 'workspace' },
  model_trial: { subject: 'none', retention: 'workspace' },
};
