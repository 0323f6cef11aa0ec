import type { MailboxItem } from '../../../contracts/core/machine.ts';
import { closing } from './closing.ts';
import { confirming } from './confirming.ts';
import { deciding } from './deciding.ts';
import { eligibility } from './eligibility.ts';
import { learning } from './learning.ts';
import { offered } from './offered.ts';
import { payment } from './payment.ts';
import { quoting } from './quoting.ts';
import { seating } from './seating.ts';
import { waitlisted } from './waitlisted.ts';
import type { EnrollmentState, Stage, StageKind, StageOf } from '../state.ts';
import { nothingOpen, type Open, type StageRules, type Turn } from '../turn.ts';

/** What the stage has open. */
export function openStage(state: EnrollmentState, turn: Turn): Open {
  return bound(state.stage).open(state, turn);
}

/** Hands the stage a message; one that it does not await changes nothing. */
export function receiveInStage(state: EnrollmentState, item: MailboxItem, turn: Turn): EnrollmentState {
  return bound(state.stage).receive(state, item, turn);
}

/** Handles the end of the stage's time. */
export function dueStage(state: EnrollmentState, turn: Turn): EnrollmentState {
  return bound(state.stage).due(state, turn);
}

type Bound = {
  open(state: EnrollmentState, turn: Turn): Open;
  receive(state: EnrollmentState, item: MailboxItem, turn: Turn): EnrollmentState;
  due(state: EnrollmentState, turn: Turn): EnrollmentState;
};

const ended: StageRules<'ended'> = { open: () => nothingOpen, receive: (state) => state, due: (state) => state };

function bound(stage: Stage): Bound {
  switch (stage.kind) {
    case 'eligibility':
      return bind(eligibility, stage);
    case 'seating':
      return bind(seating, stage);
    case 'waitlisted':
      return bind(waitlisted, stage);
    case 'offered':
      return bind(offered, stage);
    case 'payment':
      return bind(payment, stage);
    case 'confirming':
      return bind(confirming, stage);
    case 'learning':
      return bind(learning, stage);
    case 'quoting':
      return bind(quoting, stage);
    case 'deciding':
      return bind(deciding, stage);
    case 'closing':
      return bind(closing, stage);
    case 'ended':
      return bind(ended, stage);
  }
}

function bind<K extends StageKind>(rules: StageRules<K>, stage: StageOf<K>): Bound {
  return {
    open: (state, turn) => rules.open(stage, state, turn),
    receive: (state, item, turn) => rules.receive(state, stage, item, turn),
    due: (state, turn) => rules.due(state, stage, turn),
  };
}
