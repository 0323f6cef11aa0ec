import { nothingOpen, openAction } from '../../machine/open.ts';
import { answers, failureOf } from '../../machine/received.ts';
import { isOver } from '../dates/dates.ts';
import { leave, toClosing, toCourseRunEnded, toLearning, toSeating } from '../transitions.ts';
import { defineStage } from './stage.ts';
import type { StageOf } from '../state.ts';

/** Makes the held seat the learner's. If the hold is gone, the seat is asked for once more: the money is there. */
export const confirming = defineStage<StageOf<'confirming'>>({
  leadsTo: ['learning', 'seating', 'closing'],

  line: () => ({ step: 'confirm', kind: 'seat', title: 'Confirm the seat' }),

  lifecycle: () => 'confirming',

  moveDates: (state) => state,

  open: ({ visit }) => ({ ...nothingOpen, actions: [openAction('confirmSeat', { step: 'confirm', visit }, {})] }),

  receive(state, { visit }, item, turn) {
    if (!answers(item, { step: 'confirm', visit })) return state;
    if (item.kind === 'failed') {
      const reason = `the seat could not be confirmed (${failureOf(item.payload)})`;
      leave(state, turn, 'failed', { reason });
      return toClosing(state, turn, { outcome: 'failed', reason });
    }
    if (item.payload['seat'] === 'confirmed') {
      leave(state, turn, 'done');
      return isOver(turn.terms, turn.now)
        ? toCourseRunEnded({ ...state, seat: 'confirmed' }, turn)
        : toLearning(state, turn);
    }
    leave(state, turn, 'failed', { reason: 'the hold was over' });
    return toSeating({ ...state, seat: 'released' }, turn, 'latePayment');
  },
});
