import type { BatchEstimate } from '../../../contracts/documents/documents.ts';
import { toStage } from '../batch-state.ts';
import { defineStage } from './stage.ts';

/** A person looks at the estimate before anything is spent. */
export const approveEstimate = defineStage({
  leadsTo: ['generate'],

  title: 'Approval of the estimate',
  doing: 'waiting for the estimate to be approved',
  detail: ({ estimate }) => ({ estimate }),

  gate: ({ budgetMicros, model }, { rows, rowErrors, estimate }) => ({
    title: 'Approve the estimate',
    outcomes: [
      { name: 'approve', label: 'Start generating' },
      { name: 'stop', label: 'Stop the batch', comment: 'optional' },
    ],
    content: { documents: rows, rowErrors, estimate: estimate && figuresOf(estimate), budgetMicros, model },
  }),

  showsEstimate: true,

  follows: ({ documents }) => ({
    approve: `writes ${new Intl.NumberFormat('en').format(Number(documents ?? 0))} documents, within the budget`,
    stop: 'nothing is written, nothing more is spent',
  }),

  decide: (state, outcome) => (outcome === 'approve' ? toStage(state, 'generate') : state),
});

/** The figures of an estimate; how many documents there are is said beside it. */
function figuresOf({ documents: _documents, ...figures }: BatchEstimate): Omit<BatchEstimate, 'documents'> {
  return figures;
}
