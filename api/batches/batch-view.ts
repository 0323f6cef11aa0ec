import {
  type Batch,
  Batch as BatchSchema,
  type BatchDetail,
  BatchEstimate,
  type Document,
  type DocumentDetail,
} from '../../contracts/api/batches.schema.ts';
import type { Finding, SlotAnswers } from '../../contracts/batch-documents.ts';
import { DocumentFormat } from '../../contracts/batch.schema.ts';
import type { DocumentCounts, ListedBatch } from '../../platform/db/batches-list.ts';
import type { DocumentRow } from '../../platform/db/documents.ts';

const { status, stage, paused } = BatchSchema.shape;

/** A batch as the API shows it. */
export function batchOf(row: ListedBatch): Batch {
  return {
    id: row.id,
    runId: row.run_id,
    name: row.name,
    status: status.parse(row.run_status),
    stage: stage.parse(row.stage),
    rows: row.rows,
    rowErrors: row.row_errors,
    estimate: row.estimate === null ? null : BatchEstimate.parse(row.estimate),
    paused: paused.parse(row.paused),
    budgetMicros: Number(row.budget_micros),
    spentMicros: Number(row.spent_micros),
    outcome: row.outcome,
    reason: row.reason,
    hasArchive: row.archive_key !== null,
    createdAt: row.created_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    rev: Number(row.rev),
  };
}

/** A batch with its options and how its documents stand. */
export function batchDetailOf(row: ListedBatch, progress: DocumentCounts): BatchDetail {
  return { ...batchOf(row), progress, options: row.options };
}

/** A document as the API shows it; what was meant for the model alone is left out of its findings. */
export function documentOf(row: DocumentRow): Document {
  const error = row.error as { code: string; message: string } | null;
  return {
    id: row.id,
    batchId: row.batch_id,
    ordinal: row.ordinal,
    line: row.line,
    key: row.key,
    generated: row.generated as Document['generated'],
    rendered: row.rendered as Document['rendered'],
    isFlagged: row.is_flagged,
    findings: (row.findings as Finding[]).map(({ check, code, severity, message, evidence }) => ({
      check,
      code,
      severity,
      message,
      evidence,
    })),
    decision: row.decision as Document['decision'],
    decidedBy: row.decided_by,
    contentHash: row.content_hash,
    costMicros: Number(row.cost_micros),
    repairs: row.repairs,
    formats: DocumentFormat.options.filter((format) => format in (row.files ?? {})),
    error: error && { code: error.code, message: error.message },
  };
}

/** A document with the values of its row and what the model wrote. */
export function documentDetailOf(row: DocumentRow): DocumentDetail {
  return {
    ...documentOf(row),
    values: row.values as Record<string, string>,
    answers: row.answers as SlotAnswers | null,
  };
}
