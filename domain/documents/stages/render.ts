import { toStage } from '../batch-state.ts';
import { addCounts, defineStage } from './stage.ts';

/** Makes the files of each document. */
export const render = defineStage<'renderChunk'>({
  leadsTo: ['deliver'],

  title: 'Render',
  doing: 'rendering',
  detail: ({ work, counts }) => ({ chunks: work.total, chunksDone: work.finished, ...counts }),
  work: {
    units: 'chunks',
    request: ({ undecided }, chunk) => ({ activity: 'renderChunk', params: { ...chunk, undecided } }),
  },
  documents: {
    done: ({ rendered, withheld, renderFailed }) => rendered + withheld + renderFailed,
    // Documents that were not written, or left out, are not rendered.
    total: (_rows, { generated }) => generated,
    pace: 'rendering',
  },

  take: (state, { rendered, withheld, failed }) => addCounts(state, { rendered, withheld, renderFailed: failed }),

  finish: (_plan, state) => toStage(state, 'deliver'),
});
