import { Batch } from '../../../contracts/api/batches.schema.ts';
import type { ListRequest } from './pages.ts';

/** Batches that are under way, that have ended, or all. */
export function batchesRequest(state: 'live' | 'ended' | undefined, limit = 50): ListRequest<Batch> {
  return { path: '/v1/batches', item: Batch, query: { state }, limit, meta: { topics: ['batch', 'run', 'document'] } };
}
