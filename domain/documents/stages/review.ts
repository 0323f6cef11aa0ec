import { toStage } from '../batch-state.ts';
import { defineStage } from './stage.ts';

/**
 * A person decides about the documents, one by one or all at once: `approve` delivers what has no decision, `reject` withholds it. The
 * gate's content is fixed when the stage begins, so that single decisions do not make the page that a reviewer looks at stale. Each draft that
 * a reviewer asks for is a unit of work beside the gate; where the review is over before it is made, the document is withheld.
 */
export const review = defineStage<'redraftDocument'>({
  leadsTo: ['render'],

  title: 'Review',
  doing: 'waiting for the review',
  detail: ({ counts: { flagged, generated } }) => ({ flagged, generated }),

  work: {
    units: 'drafts',
    request({ redrafts = [] }, _range, index) {
      const { ordinal, draft } = redrafts[index] ?? { ordinal: 0, draft: 0 };
      return { activity: 'redraftDocument', params: { from: ordinal, to: ordinal, draft } };
    },
  },

  gate: (_plan, { rows, counts }) => ({
    title: 'Review the documents',
    outcomes: [
      { name: 'approve', label: 'Deliver all that nobody refused', comment: 'optional' },
      { name: 'reject', label: 'Withhold what nobody approved', comment: 'optional' },
      { name: 'stop', label: 'Stop the batch', comment: 'required' },
    ],
    content: {
      documents: rows,
      flagged: counts.flagged,
      clean: counts.generated,
      failed: counts.generateFailed,
      skipped: counts.skipped,
      costMicros: counts.costMicros,
    },
  }),

  follows: () => ({
    approve: 'packs all but those that were taken out, or that are being changed just now',
    reject: 'packs the approved ones, and the clean ones if only flagged ones are reviewed; leaves out the rest',
    stop: 'packs nothing; what was spent stays spent',
  }),

  decide(state, outcome) {
    if (outcome !== 'approve' && outcome !== 'reject') return state;
    return toStage({ ...state, undecided: outcome === 'approve' ? 'deliver' : 'withhold' }, 'render');
  },

  decideLast: (state) => toStage(state, 'render'),
});
