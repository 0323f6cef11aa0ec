import { count, defineStage } from './stage.ts';

/** Reads the rows from the file. */
export const importing = defineStage<'importRows'>({
  title: 'Read the rows',
  doing: 'reading the rows',
  detail: ({ rows, rowErrors }) => ({ rows, rowErrors }),
  work: { isChunked: false, request: () => ({ activity: 'importRows', params: {} }) },

  take(state, result) {
    state.rows = count(result.rows);
    state.rowErrors = count(result.rowErrors);
  },

  finish: (_plan, { rows }) =>
    rows === 0
      ? { end: { status: 'failed', outcome: 'failed', reason: 'No row of the file could be used' } }
      : { stage: 'estimate' },
});
