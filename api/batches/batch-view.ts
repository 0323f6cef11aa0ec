import {
  type Batch,
  Batch as BatchSchema,
  type BatchDetail,
  BatchEstimate,
  type Document,
  type DocumentDetail,
} from '../../contracts/api/batches.schema.ts';
import type { Finding, SlotAnswers } from '../../contracts/batch-documents.ts';
import { type BatchOptions, DocumentFormat } from '../../contracts/batch.schema.ts';
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

/** A batch with its options, how its documents stand, and how long the stage will take if that can be told. */
export function batchDetailOf(row: ListedBatch, { generating, rendering, ...progress }: DocumentCounts): BatchDetail {
  return {
    ...batchOf(row),
    progress,
    secondsLeft: row.paused === null ? secondsLeft(row, { generating, rendering, ...progress }) : null,
    options: row.options,
  };
}

/** Fewer documents, or a shorter time, say nothing about the pace of a batch. */
const [fewestMeasured, shortestMeasured] = [10, 2];

function secondsLeft({ stage, rows }: ListedBatch, counts: DocumentCounts): number | null {
  if (stage !== 'generate' && stage !== 'render') return null;
  const [pace, done] =
    stage === 'generate'
      ? [counts.generating, counts.generated + counts.skipped + counts.generateFailed]
      : [counts.rendering, counts.rendered + counts.withheld + counts.renderFailed];
  if (pace.documents < fewestMeasured || pace.seconds < shortestMeasured) return null;
  // Documents that the stage before has lost are not rendered.
  const total = stage === 'generate' ? rows : counts.generated;
  return Math.ceil((Math.max(total - done, 0) * pace.seconds) / pace.documents);
}

/** Whether a person looks at every document of the batch, not at the flagged ones alone. */
export function reviewsAll(row: ListedBatch): boolean {
  return (row.options as BatchOptions).review === 'all';
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

/** A document with the values of its row, what the model wrote, and what that took. */
export function documentDetailOf(row: DocumentRow): DocumentDetail {
  return {
    ...documentOf(row),
    values: row.values as Record<string, string>,
    answers: row.answers as SlotAnswers | null,
    usage: row.usage as DocumentDetail['usage'],
    deaths: row.deaths,
    generatedAt: row.generated_at?.toISOString() ?? null,
    renderedAt: row.rendered_at?.toISOString() ?? null,
  };
}
