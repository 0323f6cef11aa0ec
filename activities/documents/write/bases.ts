import { LRUCache } from 'lru-cache';
import type { BatchRow } from '../../../contracts/documents/documents.ts';
import type { DocumentTemplate } from '../../../contracts/documents/template.schema.ts';
import { LeakIndex } from '../../../domain/documents/checks/leak-index.ts';
import type { BatchRecord } from '../../../platform/db/documents/batches.ts';
import { documentsOf, type DocumentRow } from '../../../platform/db/documents/documents.ts';
import type { Db } from '../../../platform/db/core/pool.ts';
import { inWorkspace } from '../../../platform/db/core/workspace.ts';
import { generateBasis, type GenerateBasis } from './generate-document.ts';

/** Batches whose basis is kept: a process works for few at once. */
const keptBases = 8;

/** Makes a batch's basis at its first document; the index over all rows is read in pages. */
export function createBases(db: Db): (batch: BatchRecord) => Promise<GenerateBasis> {
  const known = new LRUCache<string, Promise<GenerateBasis>>({ max: keptBases });
  return (batch) => {
    const found = known.get(batch.id);
    if (found) return found;
    const made = readRows(db, batch).then((rows) =>
      generateBasis(batch, new LeakIndex(rows, batch.template as DocumentTemplate)),
    );
    known.set(batch.id, made);
    // A read that failed is read again by the next document.
    made.catch(() => known.delete(batch.id));
    return made;
  };
}

async function readRows(db: Db, batch: BatchRecord): Promise<BatchRow[]> {
  const rows: BatchRow[] = [];
  const page = 1_000;
  for (let from = 1; from <= batch.rows; from += page) {
    const documents = await inWorkspace(db, batch.workspace_id, (tx) =>
      documentsOf(tx, batch, { from, to: from + page - 1 }),
    );
    rows.push(...documents.map(rowOf));
  }
  return rows;
}

/** The row of the file that a document is made from. */
export function rowOf(document: DocumentRow): BatchRow {
  const { ordinal, line, key, email } = document;
  return { ordinal, line, key, email, values: document.values as Record<string, string> };
}
