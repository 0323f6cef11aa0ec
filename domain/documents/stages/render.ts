import { count, defineStage } from './stage.ts';

/** Makes the files of each document. */
export const render = defineStage({
  title: 'Render',
  detail: ({ work, counts }) => ({ chunks: work.total, chunksDone: work.finished, ...counts }),
  work: { activity: 'renderChunk', isChunked: true, params: ({ undecided }) => ({ undecided }) },

  take({ counts }, result) {
    counts.rendered += count(result['rendered']);
    counts.withheld += count(result['withheld']);
    counts.renderFailed += count(result['failed']);
  },

  finish: () => ({ stage: 'deliver' }),
});
