import type { Document, DocumentDetail, DocumentDraft } from '../../contracts/documents/batches-api.schema.ts';
import type { EffectError } from '../../contracts/core/effects.ts';
import type { Finding, SlotAnswers } from '../../contracts/documents/documents.ts';
import { DocumentFormat } from '../../contracts/documents/batch.schema.ts';
import { decidesDocuments } from '../../domain/documents/stages/stages.ts';
import type { ListedBatch } from '../../platform/db/views/batches-list.ts';
import type { DocumentRow } from '../../platform/db/documents/documents.ts';
import type { DraftRow } from '../../platform/db/documents/drafts.ts';

/** A document as the API shows it; what was meant for the model alone is left out of its findings. */
export function documentOf(row: DocumentRow): Document {
  const error = row.error as EffectError | null;
  return {
    id: row.id,
    batchId: row.batch_id,
    ordinal: row.ordinal,
    line: row.line,
    key: row.key,
    generated: row.generated as Document['generated'],
    rendered: row.rendered as Document['rendered'],
    isFlagged: row.is_flagged,
    findings: findingsOf(row.findings),
    decision: row.decision as Document['decision'],
    decidedBy: row.decided_by,
    decidedAt: row.decided_at?.toISOString() ?? null,
    isBeingChanged: row.open_draft !== null,
    contentHash: row.content_hash,
    costMicros: Number(row.cost_micros),
    repairs: row.repairs,
    formats: DocumentFormat.options.filter((format) => format in (row.files ?? {})),
    error: error && { code: error.code, message: error.message, words: error.words ?? null },
    words: wordsIn(row.answers as SlotAnswers | null),
    updatedAt: (row.rendered_at ?? row.generated_at)?.toISOString() ?? null,
  };
}

/** A text of a document as the API shows it; one that is being made is open. */
export function draftOf(row: DraftRow): DocumentDraft {
  const error = row.error as EffectError | null;
  return {
    number: row.number,
    kind: row.kind as DocumentDraft['kind'],
    state: row.state === 'working' ? 'open' : (row.state as DocumentDraft['state']),
    author: row.author,
    note: row.note,
    answers: row.answers as SlotAnswers | null,
    findings: findingsOf(row.findings),
    contentHash: row.content_hash,
    costMicros: Number(row.cost_micros),
    error: error && { code: error.code, message: error.message },
    askedAt: row.asked_at.toISOString(),
    madeAt: row.made_at?.toISOString() ?? null,
  };
}

function findingsOf(findings: unknown): Document['findings'] {
  return (findings as Finding[]).map(({ check, code, severity, message, evidence }) => {
    return { check, code, severity, message, evidence };
  });
}

/** A document with the values of its row, its texts, and what that took. */
export function documentDetailOf(
  row: DocumentRow,
  batch: ListedBatch,
  neighbours: DocumentDetail['neighbours'],
): DocumentDetail {
  return {
    ...documentOf(row),
    batchName: batch.name,
    isInReview: isInReview(batch),
    neighbours,
    values: row.values as Record<string, string>,
    answers: row.answers as SlotAnswers | null,
    usage: row.usage as DocumentDetail['usage'],
    deaths: row.deaths,
    generatedAt: row.generated_at?.toISOString() ?? null,
    renderedAt: row.rendered_at?.toISOString() ?? null,
  };
}

/** Whether the documents of a batch can be decided now. */
export function isInReview({ stage, ended_at: endedAt }: Pick<ListedBatch, 'stage' | 'ended_at'>): boolean {
  return endedAt === null && decidesDocuments(stage);
}

function wordsIn(answers: SlotAnswers | null): number | null {
  if (answers === null) return null;
  const text = Object.values(answers).flat().join(' ');
  return text.split(/\s+/).filter((word) => word !== '').length;
}
