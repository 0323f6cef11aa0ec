import { toSeating } from '../transitions.ts';
import { at } from '../turn.ts';
import { isComplete } from '../progress.ts';
import { defineStage, ofEnding } from './stage.ts';
import type { StageOf } from '../state.ts';

/**
 * Receives news of money, and of what was learned before the end of the course run. Money for the seat that came after the hold was over asks for the seat again; all else that it leads
 * to, a refund and a mail, is done as at the end.
 */
export const ended = defineStage<StageOf<'ended'>>({
  leadsTo: ['seating', 'closing'],

  line: () => null,

  lifecycle: () => 'ended',

  ...ofEnding,

  advance(state, { ending }, turn) {
    // A pause from before the end, which held up nothing any more, must not hold up this money.
    const again = { ...state, isPaused: false, afterEnd: state.afterEnd ?? ending };
    if (state.money.accepted && ending.outcome === 'holdExpired') return toSeating(again, turn, 'latePayment');
    const isCompleted = ending.outcome === 'lapsed' && isComplete(state.progress, turn.terms.completion);
    if (state.errands.length === 0 && !isCompleted) return state;
    return at(again, { kind: 'closing', visit: 0, ending, acts: [], isStuck: false, watchUntil: null, isTold: true });
  },
});
