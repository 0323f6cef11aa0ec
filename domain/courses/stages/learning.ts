import { leave, toClosing } from '../transitions.ts';
import { nothingOpen, type StageRules } from '../turn.ts';

/** Waits until the course is completed, at most until the course run ends. Progress is received at any stage. */
export const learning: StageRules<'learning'> = {
  open: (_stage, _state, { terms }) => ({ ...nothingOpen, dueAt: terms.endsAt }),

  receive: (state) => state,

  due(state, _stage, turn) {
    leave(state, turn, 'failed', {
      reason: 'the course run has ended',
      progressPercent: state.progress.basisPoints / 100,
    });
    return toClosing(
      state,
      turn,
      { outcome: 'lapsed', reason: 'the course run ended before the course was completed' },
      { keepsSeat: true },
    );
  },
};
