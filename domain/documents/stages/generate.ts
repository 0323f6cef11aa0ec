import { chunksOf, toEnd, toStage } from '../batch-state.ts';
import { addCounts, defineStage } from './stage.ts';

/** Has the model write each document, and checks it. */
export const generate = defineStage<'generateChunk'>({
  leadsTo: ['review', 'render'],

  title: 'Generate and check',
  doing: 'generating',
  detail: ({ work, counts }) => ({ chunks: work.total, chunksDone: work.finished, ...counts }),
  work: { units: 'chunks', request: (_state, chunk) => ({ activity: 'generateChunk', params: chunk }) },
  documents: {
    done: ({ generated, skipped, generateFailed }) => generated + skipped + generateFailed,
    total: (rows) => rows,
    pace: 'generating',
  },

  take: (state, { generated, flagged, skipped, failed, costMicros }) =>
    addCounts(state, { generated, flagged, skipped, generateFailed: failed, costMicros }),

  finish({ review }, state) {
    const { generated, flagged, skipped, failedChunks } = state.counts;
    if (failedChunks === chunksOf(state) || generated + flagged + skipped === 0) {
      return toEnd(state, { status: 'failed', outcome: 'failed', reason: 'Not one document could be written' });
    }
    const toReview = { none: 0, flagged, all: generated + flagged }[review];
    return toStage(state, toReview > 0 ? 'review' : 'render');
  },
});
