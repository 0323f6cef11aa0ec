import type { ActionActivities } from '../../contracts/core/engine.ts';
import type { documentActions } from '../../contracts/documents/actions.ts';
import type { ObjectStore } from '../../platform/objects/file-store.ts';
import type { RenderPool } from '../../platform/render/render-pool.ts';
import type { ModelAccess } from '../models/model.activities.ts';
import { showingFailure } from './batch-incidents.ts';
import { deliverBatch } from './deliver-batch.ts';
import { estimateBatch } from './estimate-batch.ts';
import { importRows } from './import-rows.ts';
import { renderChunk } from './render-chunk.ts';
import { createWriting, generateChunk } from './write/generate-chunk.ts';
import { redraftDocument } from './write/redraft-document.ts';

/** What document batches need. */
export type DocumentsDeps = ModelAccess & { objects: ObjectStore; renders: RenderPool };

/** The activities of document batches: each repeats only what is not done. */
export function createDocumentsActivities(deps: DocumentsDeps): Pick<ActionActivities, keyof typeof documentActions> {
  const writing = createWriting(deps);
  return {
    importRows: (input) => showingFailure(deps.db, input, () => importRows(deps, input)),
    estimateBatch: (input) => estimateBatch(deps, input),
    generateChunk: (input) => generateChunk(writing, input),
    redraftDocument: (input) => redraftDocument(writing, input),
    renderChunk: (input) => renderChunk(deps, input),
    deliverBatch: (input) => showingFailure(deps.db, input, () => deliverBatch(deps, input)),
  };
}
