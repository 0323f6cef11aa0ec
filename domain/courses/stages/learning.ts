import { nothingOpen } from '../../machine/open.ts';
import { leave, toClosing, toQuoting } from '../transitions.ts';
import { at, stageLine, type Turn } from '../turn.ts';
import { defineStage } from './stage.ts';
import { cancelled } from '../leave-requests.ts';
import { welcomeMail } from '../mails.ts';
import { completed, isComplete } from '../progress.ts';
import { quoteFacts } from '../quote/quote-facts.ts';
import { addNote, noteCompletion, sendMail } from '../side-tasks.ts';
import type { EnrollmentState, StageOf } from '../state.ts';

/** Waits until the course is completed, at most until the course run ends. Progress is received at any stage. */
export const learning = defineStage<StageOf<'learning'>>({
  leadsTo: ['quoting', 'closing'],

  line: () => ({ step: 'learning', kind: 'progress', title: 'Learning' }),

  lifecycle: () => 'active',

  access: () => 'full',

  open: (_stage, _state, { terms }) => ({ ...nothingOpen, dueAt: terms.endsAt }),

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

  moveDates(state, stage, _before, turn) {
    stageLine(turn, stage, 'waiting', { waitingFor: 'event', dueAt: turn.terms.endsAt });
    return state;
  },

  advance(state, stage, turn) {
    if (!stage.isWelcomed) return welcome(state, stage, turn);
    return isComplete(state.progress, turn.terms.completion) ? complete(state, turn) : state;
  },

  grant(state, request, turn) {
    leave(state, turn, 'skipped', { reason: request.reason, progressPercent: state.progress.basisPoints / 100 });
    return request.kind === 'withdraw' && quoteFacts(state, turn.terms).paidMinor > 0
      ? toQuoting({ ...state, wish: null }, turn, request)
      : cancelled(state, request, turn);
  },
});

/** Tells the learner and the CRM that the course has begun for them. */
function welcome(state: EnrollmentState, stage: StageOf<'learning'>, turn: Turn): EnrollmentState {
  const welcomed = at(state, { ...stage, isWelcomed: true });
  const mailed = sendMail(welcomed, turn, 'welcome-mail', 'Mail: welcome', welcomeMail(turn.terms, turn.now));
  return addNote(mailed, turn, `Enrolled in ${turn.terms.courseTitle} (${turn.terms.runTitle})`);
}

function complete(state: EnrollmentState, turn: Turn): EnrollmentState {
  leave(state, turn, 'done', { progressPercent: state.progress.basisPoints / 100 });
  // A seat of a self-paced course run would never come free: it goes to the next, and access stays.
  const closing = toClosing(state, turn, completed, { keepsSeat: turn.terms.endsAt !== null, refundMinor: 0 });
  return noteCompletion(closing, turn);
}
