import type { ColumnType, Generated } from 'kysely';
import type { Big, DefaultInstant, Json, MaybeInstant } from './columns.ts';
import type { TableRecords } from './table-record.ts';

type Object = Record<string, unknown>;
type MaybeJson = ColumnType<Object | null, string | null | undefined, string | null>;

/** The tables of document batches. */
export type BatchTables = {
  batch: {
    workspace_id: string;
    id: Generated<string>;
    run_id: string;
    name: string;
    options: Json<Object>;
    template: Json<Object>;
    template_hash: string;
    rows_key: string;
    stage: Generated<string>;
    rows: Generated<number>;
    row_errors: Generated<number>;
    estimate: MaybeJson;
    counts: Json<Object>;
    paused: string | null;
    budget_micros: Big;
    spent_micros: Big;
    input_tokens: Big;
    output_tokens: Big;
    archive_key: string | null;
    again_of: string | null;
    outcome: string | null;
    rev: Big;
    created_at: DefaultInstant;
    ended_at: MaybeInstant;
  };
  document: {
    workspace_id: string;
    batch_id: string;
    ordinal: number;
    id: Generated<string>;
    line: number;
    key: string;
    email: string | null;
    values: Json<Object>;
    generated: Generated<string>;
    is_flagged: Generated<boolean>;
    rendered: Generated<string>;
    claim: string | null;
    deaths: Generated<number>;
    answers: MaybeJson;
    findings: Json<Object[]>;
    decision: string | null;
    decided_by: string | null;
    decided_at: MaybeInstant;
    open_draft: number | null;
    content_hash: string | null;
    usage: MaybeJson;
    cost_micros: Big;
    repairs: Generated<number>;
    files: MaybeJson;
    error: MaybeJson;
    generated_at: MaybeInstant;
    rendered_at: MaybeInstant;
    /** The erasure that has emptied it. */
    erased_by: string | null;
    rev: Big;
  };
  document_draft: {
    workspace_id: string;
    document_id: string;
    number: number;
    kind: string;
    state: string;
    author: string | null;
    note: string | null;
    answers: MaybeJson;
    findings: Json<Object[]>;
    content_hash: string | null;
    cost_micros: Big;
    deaths: Generated<number>;
    error: MaybeJson;
    asked_at: DefaultInstant;
    made_at: MaybeInstant;
  };
  batch_row_error: {
    workspace_id: string;
    batch_id: string;
    line: number;
    column: number | null;
    code: string;
    message: string;
    erased_by: string | null;
  };
};

/** Whose data each of them holds, and how long. */
export const batchTables: TableRecords<BatchTables> = {
  batch: { subject: 'none', retention: 'workspace' },
  document: { subject: 'recipient', retention: 'workspace' },
  document_draft: { subject: 'recipient', retention: 'workspace' },
  batch_row_error: { subject: 'recipient', retention: 'workspace' },
};
