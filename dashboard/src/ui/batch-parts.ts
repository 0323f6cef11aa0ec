import type { Batch } from '../../../contracts/documents/batches-api.schema.ts';
import type { Tone } from './chip.tsx';

/** The colour of a batch: at work, waiting for a person, held, over. */
export function batchTone({ status, stage, paused }: Pick<Batch, 'status' | 'stage' | 'paused'>): Tone {
  if (status === 'completed') return 'done';
  if (status === 'failed') return 'failed';
  if (['exited', 'cancelled', 'terminated'].includes(status) || paused !== null || status === 'paused') return 'off';
  return stage === 'review' || stage === 'approve-estimate' ? 'person' : 'running';
}
