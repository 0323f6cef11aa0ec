import type { DefaultInstant, Json, MaybeInstant } from './columns.ts';
import type { Generated } from 'kysely';
import type { TableRecords } from './table-record.ts';

/** The tables of operations on many runs. */
export type BulkTables = {
  bulk_operation: {
    workspace_id: string;
    id: string;
    kind: string;
    reason: string;
    selection: Json<Record<string, unknown>>;
    subject_id: string | null;
    actor: Json<{ kind: 'member' | 'apiKey'; id: string; name: string }>;
    requested_by: string | null;
    state: Generated<string>;
    cursor: string | null;
    total: number;
    done: Generated<number>;
    refused: Generated<number>;
    /** How many were refused, by the code of why. */
    reasons: Json<Record<string, number>>;
    leased_until: MaybeInstant;
    created_at: DefaultInstant;
    ended_at: MaybeInstant;
  };
  bulk_refusal: { workspace_id: string; bulk_id: string; run_id: string; code: string; message: string };
  /** The people whom an operation names, until it has ended. */
  bulk_person: { workspace_id: string; bulk_id: string; contact_id: string };
};

/** Whose data each of them holds, and how long. */
export const bulkTables: TableRecords<BulkTables> = {
  bulk_operation: { subject: 'member', retention: 'workspace' },
  bulk_refusal: { subject: 'none', retention: 'workspace' },
  bulk_person: { subject: 'contact', retention: 'use', onErasure: 'withContact' },
};
