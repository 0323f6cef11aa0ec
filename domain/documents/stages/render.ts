import { count, defineStage } from './stage.ts';

/** Makes the files of each document. */
export const render = defineStage<'renderChunk'>({
  title: 'Render',
  detail: ({ work, counts }) => ({ chunks: work.total, chunksDone: work.finished, ...counts }),
  work: {
    isChunked: true,
    request: ({ undecided }, chunk) => ({ activity: 'renderChunk', params: { ...chunk, undecided } }),
  },

  take({ counts }, result) {
    counts.rendered += count(result.rendered);
    counts.withheld += count(result.withheld);
    counts.renderFailed += count(result.failed);
  },

  finish: () => ({ stage: 'deliver' }),
});
