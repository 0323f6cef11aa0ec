import { toEnd, toStage } from '../batch-state.ts';
import { count, defineStage } from './stage.ts';

/** Reads the rows from the file. */
export const importing = defineStage<'importRows'>({
  leadsTo: ['estimate'],

  title: 'Read the rows',
  doing: 'reading the rows',
  detail: ({ rows, rowErrors }) => ({ rows, rowErrors }),
  work: { units: 'one', request: () => ({ activity: 'importRows', params: {} }) },

  take: (state, { rows, rowErrors }) => ({ ...state, rows: count(rows), rowErrors: count(rowErrors) }),

  finish: (_plan, state) =>
    state.rows === 0
      ? toEnd(state, { status: 'failed', outcome: 'failed', reason: 'No row of the file could be used' })
      : toStage(state, 'estimate'),
});
