import type { Finding } from '../../contracts/documents/documents.ts';
import type { JsonObject } from '../../contracts/core/machine.ts';
import { erasedError } from './erased.ts';

/** A file of a document in the object store. */
export type StoredFile = { key: string; name: string; sizeBytes: number; sha256: string };

/** What a manifest needs to know of a document; `files` by format. */
export type ListedDocument = {
  ordinal: number;
  line: number;
  key: string;
  rendered: string;
  files: unknown;
  findings: unknown;
  error: unknown;
  decision: string | null;
  decided_by: string | null;
  open_draft: number | null;
  cost_micros: string | number | bigint;
  repairs: number;
  content_hash: string | null;
};

/** What a manifest says of its batch. */
export type ListedBatch = {
  id: string;
  name: string;
  template_hash: string;
  created_at: Date;
  rows: number;
  spent_micros: string | number | bigint;
};

/** The head of `manifest.json`; the documents follow it. */
export function manifestHead(batch: ListedBatch): JsonObject {
  return {
    batch: batch.id,
    name: batch.name,
    template: batch.template_hash,
    createdAt: batch.created_at.toISOString(),
    rows: batch.rows,
    spentMicros: Number(batch.spent_micros),
  };
}

/** The files of a document; none while it is not rendered. */
export function filesOf(document: Pick<ListedDocument, 'files'>): StoredFile[] {
  return Object.values((document.files ?? {}) as Record<string, StoredFile>);
}

/** A document's entry in `manifest.json`: what became of it, its files with their hashes, its checks and its cost. */
export function manifestEntry(document: ListedDocument): JsonObject {
  return {
    ordinal: document.ordinal,
    line: document.line,
    key: document.key,
    state: whyMissing(document)?.code ?? 'delivered',
    files: filesOf(document).map(({ name, sizeBytes, sha256 }) => ({ name, sizeBytes, sha256 })),
    findings: (document.findings as Finding[]).map(({ code, severity, message }) => ({ code, severity, message })),
    decision: document.decision,
    decidedBy: document.decided_by,
    costMicros: Number(document.cost_micros),
    repairs: document.repairs,
    contentHash: document.content_hash,
  };
}

/** Why a row has no document; null when it has one. */
export function whyMissing(
  document: Pick<ListedDocument, 'rendered' | 'error' | 'findings' | 'decision' | 'decided_by' | 'open_draft'>,
): { code: string; message: string } | null {
  const error = document.error as { code?: string; message?: string } | null;
  if (document.rendered === 'done' && error?.code !== erasedError.code) return null;
  if (error) return { code: error.code ?? 'document.failed', message: error.message ?? '' };
  if (document.rendered === 'withheld' && document.decision === 'reject')
    return { code: 'document.withheld', message: `Taken out by ${document.decided_by ?? 'a reviewer'}` };
  if (document.rendered === 'withheld' && document.open_draft !== null)
    return { code: 'document.withheld', message: 'It was being changed when the review was over' };
  const finding = (document.findings as Finding[]).find((found) => found.severity === 'error');
  if (document.rendered === 'withheld')
    return { code: 'document.withheld', message: finding ? `Withheld: ${finding.message}` : 'Withheld by the review' };
  return { code: 'document.missing', message: 'The document was not made' };
}
