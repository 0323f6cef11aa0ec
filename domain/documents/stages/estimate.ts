import { defineStage } from './stage.ts';

/** Counts what the prompts will take and cost. */
export const estimate = defineStage<'estimateBatch'>({
  title: 'Count tokens and cost',
  doing: 'counting what it will cost',
  detail: ({ estimate: made }) => ({ estimate: made }),
  work: { isChunked: false, request: () => ({ activity: 'estimateBatch', params: {} }) },

  take(state, result) {
    state.estimate = result;
  },

  finish: () => ({ stage: 'approve-estimate' }),
});
