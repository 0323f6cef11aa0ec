import type { ActionActivities } from '../../contracts/core/engine.ts';
import type { documentActions } from '../../contracts/documents/actions.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import type { ObjectStore } from '../../platform/objects/file-store.ts';
import type { RenderPool } from '../../platform/render/render-pool.ts';
import type { LlmClient } from '../providers/llm/openai/llm-client.ts';
import type { LlmPriceTable } from '../providers/llm/llm-prices.ts';
import { deliverBatch } from './deliver-batch.ts';
import { estimateBatch } from './estimate-batch.ts';
import { createFairSlots } from './fair-slots.ts';
import { createGenerateChunk } from './generate-chunk.ts';
import { importRows } from './import-rows.ts';
import { createRateGate } from './rate-gate.ts';
import { renderChunk } from './render-chunk.ts';

/** What document batches need. */
export type DocumentsDeps = {
  db: Db;
  objects: ObjectStore;
  llm: LlmClient;
  prices: LlmPriceTable;
  renders: RenderPool;
};

/** Model calls in flight in one process, over all batches: four chunks of a window of 100, and as many sockets. */
const processSlots = 400;

/** The activities of document batches: each repeats only what is not done. */
export function createDocumentsActivities(deps: DocumentsDeps): Pick<ActionActivities, keyof typeof documentActions> {
  return {
    importRows: (input) => importRows(deps, input),
    estimateBatch: (input) => estimateBatch(deps, input),
    generateChunk: createGenerateChunk({ ...deps, slots: createFairSlots(processSlots), gate: createRateGate() }),
    renderChunk: (input) => renderChunk(deps, input),
    deliverBatch: (input) => deliverBatch(deps, input),
  };
}
