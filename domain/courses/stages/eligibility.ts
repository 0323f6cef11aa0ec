import { failureOf, texts } from '../read.ts';
import { leave, toClosing, toSeating } from '../transitions.ts';
import { answers, nothingOpen, openAction, type StageRules } from '../turn.ts';

/** Checks the prerequisites before a seat is touched. */
export const eligibility: StageRules<'eligibility'> = {
  open: ({ visit }) => ({
    ...nothingOpen,
    actions: [openAction('checkEligibility', { step: 'eligibility', visit }, {})],
  }),

  receive(state, { visit }, item, turn) {
    if (!answers(item, { step: 'eligibility', visit })) return state;
    if (item.kind === 'failed') {
      const reason = `the prerequisites could not be checked (${failureOf(item.payload)})`;
      leave(state, turn, 'failed', { reason });
      return toClosing(state, turn, { outcome: 'failed', reason });
    }
    if (item.payload['isEligible'] === true) {
      leave(state, turn, 'done');
      return toSeating(state, turn, 'request');
    }
    const missing = texts(item.payload, 'missing');
    leave(state, turn, 'failed', { missing });
    return toClosing(state, turn, { outcome: 'ineligible', reason: `not completed before: ${missing.join(', ')}` });
  },

  due: (state) => state,
};
