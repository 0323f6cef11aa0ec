import { toStage } from '../batch-state.ts';
import { defineStage } from './stage.ts';

/** Counts what the prompts will take and cost. */
export const estimate = defineStage<'estimateBatch'>({
  leadsTo: ['approve-estimate'],

  title: 'Count tokens and cost',
  doing: 'counting what it will cost',
  detail: ({ estimate: made }) => ({ estimate: made }),
  work: { units: 'one', request: () => ({ activity: 'estimateBatch', params: {} }) },

  take: (state, { madeBefore, ...estimated }) => ({
    ...state,
    estimate: estimated,
    ...(madeBefore ? { madeBefore } : {}),
  }),

  finish: (_plan, state) => toStage(state, 'approve-estimate'),
});
