import type { ActionActivities } from '../../contracts/core/engine.ts';
import type { documentActions } from '../../contracts/documents/actions.ts';
import type { ObjectStore } from '../../platform/objects/file-store.ts';
import type { RenderPool } from '../../platform/render/render-pool.ts';
import type { ModelAccess } from '../models/model.activities.ts';
import { showingFailure } from './batch-incidents.ts';
import { deliverBatch } from './deliver-batch.ts';
import { estimateBatch } from './estimate-batch.ts';
import { createGenerateChunk } from './generate-chunk.ts';
import { importRows } from './import-rows.ts';
import { renderChunk } from './render-chunk.ts';

/** What document batches need. */
export type DocumentsDeps = ModelAccess & { objects: ObjectStore; renders: RenderPool };

/** The activities of document batches: each repeats only what is not done. */
export function createDocumentsActivities(deps: DocumentsDeps): Pick<ActionActivities, keyof typeof documentActions> {
  return {
    importRows: (input) => showingFailure(deps.db, input, () => importRows(deps, input)),
    estimateBatch: (input) => estimateBatch(deps, input),
    generateChunk: createGenerateChunk(deps),
    renderChunk: (input) => renderChunk(deps, input),
    deliverBatch: (input) => showingFailure(deps.db, input, () => deliverBatch(deps, input)),
  };
}
