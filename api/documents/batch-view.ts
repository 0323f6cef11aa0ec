import {
  type Batch,
  Batch as BatchSchema,
  type BatchDetail,
  BatchEstimate,
} from '../../contracts/documents/batches-api.schema.ts';
import { StepStatus } from '../../contracts/runs/runs-api.schema.ts';
import type { BatchOptions } from '../../contracts/documents/batch.schema.ts';
import type { DocumentTemplate } from '../../contracts/documents/template.schema.ts';
import { stages } from '../../domain/documents/stages/stages.ts';
import type { DocumentCounts, Pace } from '../../platform/db/documents/batch-figures.ts';
import type { ListedBatch } from '../../platform/db/views/batches-list.ts';

const { status, stage, paused, trouble } = BatchSchema.shape;

/** A batch as the API shows it. */
export function batchOf(row: ListedBatch, progress: DocumentCounts): Batch {
  return {
    id: row.id,
    runId: row.run_id,
    name: row.name,
    status: status.parse(row.run_status),
    stage: stage.parse(row.stage),
    rows: row.rows,
    rowErrors: row.row_errors,
    // A worker of the release before keeps with it what it does not know.
    estimate: row.estimate === null ? null : BatchEstimate.strip().parse(row.estimate),
    paused: paused.parse(row.paused),
    budgetMicros: Number(row.budget_micros),
    spentMicros: Number(row.spent_micros),
    outcome: row.outcome,
    reason: row.reason,
    hasArchive: row.archive_key !== null,
    gateId: row.gate_id,
    trouble: trouble.parse(row.trouble),
    progress,
    createdAt: row.created_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    rev: Number(row.rev),
  };
}

/** What one batch shows in addition to its line in a list. */
export type BatchFigures = Pick<BatchDetail, 'stages' | 'defects' | 'perMinute' | 'tokens' | 'madeAgainBy'> & {
  pace: { generating: Pace; rendering: Pace };
  deciding: Pace;
};

/** A batch with its options and figures, and an estimate of how long the stage will take, where there is one. */
export function batchDetailOf(
  row: ListedBatch,
  progress: DocumentCounts,
  { pace, deciding, ...figures }: BatchFigures,
): BatchDetail {
  return {
    ...batchOf(row, progress),
    ...figures,
    secondsLeft: row.paused === null ? secondsLeft(row, progress, pace) : null,
    decidedPerHour: perHour(deciding),
    options: row.options,
    againOf: row.again_of,
    templateName: (row.template as DocumentTemplate).name,
  };
}

/** Fewer documents, or a shorter time, say nothing about the pace of a batch. */
const [fewestMeasured, shortestMeasured] = [10, 2];

function secondsLeft(row: ListedBatch, counts: DocumentCounts, paces: BatchFigures['pace']): number | null {
  const { documents } = stages[stage.parse(row.stage)];
  if (!documents) return null;
  const pace = paces[documents.pace];
  if (pace.documents < fewestMeasured || pace.seconds < shortestMeasured) return null;
  const left = Math.max(documents.total(row.rows, counts) - documents.done(counts), 0);
  return Math.ceil((left * pace.seconds) / pace.documents);
}

/** Fewer decisions say nothing about the pace of people. */
const fewestDecided = 5;

/** Decisions an hour, from the first to the last of some; null where that says nothing. */
function perHour({ documents, seconds }: Pace): number | null {
  return documents < fewestDecided || seconds <= 0
    ? null
    : Math.max(1, Math.round(((documents - 1) * 3_600) / seconds));
}

/** The stages that a batch has begun, in their order; a step that is none of its stages is left out. */
export function stageLines(
  steps: readonly { step: string; status: string; started_at: Date; ended_at: Date | null }[],
): BatchDetail['stages'] {
  return steps.flatMap((step) => {
    const name = stage.safeParse(step.step);
    if (!name.success) return [];
    return [
      {
        stage: name.data,
        status: StepStatus.parse(step.status),
        startedAt: step.started_at.toISOString(),
        endedAt: step.ended_at?.toISOString() ?? null,
      },
    ];
  });
}

/** Whether a person looks at every document of the batch, not at the flagged ones alone. */
export function reviewsAll(row: ListedBatch): boolean {
  return (row.options as BatchOptions).review === 'all';
}
