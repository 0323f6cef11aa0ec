import type { DocumentFormat } from '../../contracts/documents/batch.schema.ts';
import { letterOf } from '../../domain/documents/letter.ts';
import type { BatchRecord } from '../../platform/db/documents/batches.ts';
import type { DocumentRow } from '../../platform/db/documents/documents.ts';
import type { RenderJob } from './render/render-protocol.ts';

/** The job that makes a document from its row and what the model wrote; without formats only its words come back. */
export function renderJob(
  batch: BatchRecord,
  document: Pick<DocumentRow, 'key' | 'values' | 'answers'>,
  formats: DocumentFormat[],
): RenderJob {
  return { ...letterOf(batch, document), templateHash: batch.template_hash, formats };
}
