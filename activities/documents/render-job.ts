import type { SlotAnswers } from '../../contracts/batch-documents.ts';
import type { BatchOptions, DocumentFormat } from '../../contracts/batch.schema.ts';
import type { DocumentTemplate } from '../../contracts/batch-template.schema.ts';
import type { BatchRecord } from '../../platform/db/batches.ts';
import type { DocumentRow } from '../../platform/db/documents.ts';
import type { RenderJob } from '../render/render-protocol.ts';

/** The job that makes a document from its row and what the model wrote; without formats only its words come back. */
export function renderJob(
  batch: BatchRecord,
  document: Pick<DocumentRow, 'key' | 'values' | 'answers'>,
  formats: DocumentFormat[],
): RenderJob {
  const { brand, language } = batch.options as BatchOptions;
  const template = batch.template as DocumentTemplate;
  return {
    templateHash: batch.template_hash,
    body: template.body,
    language,
    title: `${template.name} ${document.key}`,
    brand,
    formats,
    scope: {
      row: document.values as Record<string, string>,
      slots: (document.answers ?? {}) as SlotAnswers,
      locked: template.locked,
      brand: { ...brand, website: brand.website ?? '', email: brand.email ?? '', phone: brand.phone ?? '' },
      // The batch's own day: a document that is rendered again tomorrow must not change.
      batch: { name: batch.name, language, date: batch.created_at.toISOString().slice(0, 10), key: document.key },
    },
  };
}
