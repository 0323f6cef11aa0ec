import type { BatchEstimate, MadeBefore } from '../../../contracts/documents/documents.ts';
import { toStage } from '../batch-state.ts';
import { defineStage } from './stage.ts';

/** A person looks at the estimate before anything is spent. */
export const approveEstimate = defineStage({
  leadsTo: ['generate'],

  title: 'Approval of the estimate',
  doing: 'waiting for the estimate to be approved',
  detail: ({ estimate }) => ({ estimate }),

  gate: ({ budgetMicros, model }, { rows, rowErrors, estimate, madeBefore }) => ({
    title: 'Approve the estimate',
    outcomes: [
      { name: 'approve', label: 'Start generating' },
      { name: 'stop', label: 'Stop the batch', comment: 'optional' },
    ],
    content: {
      documents: rows,
      rowErrors,
      ...(madeBefore ? { madeBefore: inWords(madeBefore) } : {}),
      estimate: estimate && figuresOf(estimate),
      budgetMicros,
      model,
    },
  }),

  showsEstimate: true,

  follows: ({ documents, madeBefore }) => ({
    approve: [`writes ${number.format(Number(documents ?? 0))} documents, within the budget`, madeBefore]
      .filter((words) => typeof words === 'string')
      .join('; '),
    stop: 'nothing is written, nothing more is spent',
  }),

  decide: (state, outcome) => (outcome === 'approve' ? toStage(state, 'generate') : state),
});

const number = new Intl.NumberFormat('en');

/** A file that is sent twice would bring each of its people a second letter. */
function inWords({ documents, batch }: MadeBefore): string {
  return `${number.format(documents)} of them are in “${batch}” too, with the same values`;
}

/** The figures of an estimate; how many documents there are is said beside it. */
function figuresOf({ documents: _documents, ...figures }: BatchEstimate): Omit<BatchEstimate, 'documents'> {
  return figures;
}
