import { toEnd } from '../batch-state.ts';
import { defineStage } from './stage.ts';

/** Packs the files, and says which rows got none. */
export const deliver = defineStage<'deliverBatch'>({
  leadsTo: [],

  title: 'Pack the archive',
  doing: 'packing the archive',
  detail: ({ delivered }) => ({ ...delivered }),
  work: { units: 'one', request: () => ({ activity: 'deliverBatch', params: {} }) },

  take: (state, delivered) => ({ ...state, delivered }),

  finish(_plan, state) {
    const { counts, rowErrors } = state;
    const missing = rowErrors + counts.generateFailed + counts.renderFailed + counts.withheld + counts.failedChunks;
    if (counts.rendered + counts.withheld === 0 && counts.renderFailed + counts.failedChunks > 0) {
      const reason = 'Not one document could be rendered; errors.csv says why';
      return toEnd(state, { status: 'failed', outcome: 'failed', reason });
    }
    const documents = `${counts.rendered} documents`;
    if (missing === 0) return toEnd(state, { status: 'completed', outcome: 'completed', reason: documents });
    const reason = `${documents}; some rows got none, errors.csv says why`;
    return toEnd(state, { status: 'completed', outcome: 'completedWithErrors', reason });
  },
});
