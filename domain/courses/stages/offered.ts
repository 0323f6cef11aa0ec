import { leave, toClosing, toSeating } from '../moves.ts';
import { nothingOpen, type StageRules } from '../turn.ts';

/** Waits for the learner's answer while the offer holds the seat. Who accepts in the last instant is the ledger's to say. */
export const offered: StageRules<'offered'> = {
  open: ({ expiresAt }) => ({ ...nothingOpen, dueAt: expiresAt }),

  hear(state, _stage, item, turn) {
    if (item.kind !== 'offerAnswer') return state;
    if (item.payload['answer'] === 'accept') {
      leave(state, turn, 'done', { answer: 'accept' });
      return toSeating(state, turn, 'acceptOffer');
    }
    if (item.payload['answer'] !== 'decline') return state;
    leave(state, turn, 'done', { answer: 'decline' });
    return toClosing(state, turn, { outcome: 'offerDeclined', reason: 'the offered seat was declined' });
  },

  due(state, _stage, turn) {
    leave(state, turn, 'skipped', { reason: 'no answer in time' });
    return toClosing(state, turn, { outcome: 'offerExpired', reason: 'the offered seat was not taken in time' });
  },
};
