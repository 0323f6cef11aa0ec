import { chunkAction, type Nothing } from '../core/action.ts';
import type {
  BatchEstimate,
  ChunkRange,
  ChunkStop,
  DeliverResult,
  GenerateResult,
  ImportResult,
  MadeBefore,
  RedraftParams,
  RedraftResult,
  RenderChunkResult,
  Undecided,
} from './documents.ts';

/** A chunk had to stop before all its documents were done; the batch asks for it again. */
type Stopped = { stopped: ChunkStop };

/** The actions of a document batch. */
export const documentActions = {
  importRows: chunkAction<Nothing, ImportResult>('core'),
  estimateBatch: chunkAction<Nothing, BatchEstimate & { madeBefore?: MadeBefore }>('core'),
  generateChunk: chunkAction<ChunkRange, GenerateResult | Stopped>('llm'),
  redraftDocument: chunkAction<RedraftParams, RedraftResult | Stopped>('llm'),
  renderChunk: chunkAction<ChunkRange & { undecided: Undecided }, RenderChunkResult | Stopped>('render'),
  deliverBatch: chunkAction<Nothing, DeliverResult>('render'),
};
