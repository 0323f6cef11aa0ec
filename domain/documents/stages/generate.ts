import { chunksOf } from '../batch-state.ts';
import { count, defineStage } from './stage.ts';

/** Has the model write each document, and checks it. */
export const generate = defineStage<'generateChunk'>({
  title: 'Generate and check',
  doing: 'generating',
  detail: ({ work, counts }) => ({ chunks: work.total, chunksDone: work.finished, ...counts }),
  work: { isChunked: true, request: (_state, chunk) => ({ activity: 'generateChunk', params: chunk }) },
  documents: {
    done: ({ generated, skipped, generateFailed }) => generated + skipped + generateFailed,
    total: (rows) => rows,
    pace: 'generating',
  },

  take({ counts }, result) {
    counts.generated += count(result.generated);
    counts.flagged += count(result.flagged);
    counts.skipped += count(result.skipped);
    counts.generateFailed += count(result.failed);
    counts.costMicros += count(result.costMicros);
  },

  finish({ review }, state) {
    const { generated, flagged, skipped, failedChunks } = state.counts;
    if (failedChunks === chunksOf(state) || generated + flagged + skipped === 0) {
      return { end: { status: 'failed', outcome: 'failed', reason: 'Not one document could be written' } };
    }
    const toReview = { none: 0, flagged, all: generated + flagged }[review];
    return { stage: toReview > 0 ? 'review' : 'render' };
  },
});
