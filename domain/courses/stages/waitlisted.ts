import { leave, toClosing } from '../transitions.ts';
import { nothingOpen, type StageRules } from '../turn.ts';

/** Waits in the queue for an offer, at most until the course run starts. The offer itself is received at any stage. */
export const waitlisted: StageRules<'waitlisted'> = {
  open: ({ until }) => ({ ...nothingOpen, dueAt: until }),

  receive: (state) => state,

  due(state, _stage, turn) {
    leave(state, turn, 'skipped', { reason: 'the queue is closed' });
    return toClosing(state, turn, { outcome: 'waitlistClosed', reason: 'no seat became free in time' });
  },
};
