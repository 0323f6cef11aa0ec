import { nothingOpen, openAction } from '../../machine/open.ts';
import { answers, failureOf, texts } from '../../machine/received.ts';
import { isOver } from '../dates/dates.ts';
import { leave, toClosing, toCourseRunEnded, toIneligible, toSeating } from '../transitions.ts';
import { defineStage } from './stage.ts';
import type { StageOf } from '../state.ts';
import { leaveAtOnce } from '../leave-requests.ts';

/** Checks the prerequisites before a seat is touched; a course run that has ended takes nobody. */
export const eligibility = defineStage<StageOf<'eligibility'>>({
  leadsTo: ['seating', 'closing'],

  line: () => ({ step: 'eligibility', kind: 'check', title: 'Prerequisites' }),

  lifecycle: () => 'requested',

  takesMoney: () => true,

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
      return isOver(turn.terms, turn.now) ? toCourseRunEnded(state, turn) : toSeating(state, turn, 'request');
    }
    return toIneligible(state, turn, texts(item.payload, 'missing'));
  },

  grant: leaveAtOnce,
});
