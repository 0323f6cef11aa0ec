import type { Advanced, MailboxItem } from '../../contracts/core/machine.ts';
import { goesOn, over, type TurnInput } from '../machine/advanced.ts';
import { textOr } from '../machine/received.ts';
import { changedSteps } from './batch-timeline.ts';
import { initialBatchState, stageWork, toEnd, type BatchPlan, type BatchState, type BatchTurn } from './batch-state.ts';
import { issueUnits, unitsOf } from './stage-work.ts';
import { stages } from './stages/stages.ts';

/**
 * One turn of a document batch: import → estimate → its approval → generate in chunks → review → render in chunks → deliver. Pure;
 * `before` null is the first turn. Any order of chunk results ends the same; a result that is not awaited changes nothing.
 */
export function advanceBatch(
  plan: BatchPlan,
  before: BatchState | null,
  { now, mailbox }: TurnInput,
): Advanced<BatchState> {
  const turn: BatchTurn = { plan, now };
  let state = before ?? initialBatchState(now);
  for (const item of mailbox) {
    if (!state.ended) state = receive(state, item, turn);
  }
  if (!state.ended && !state.paused) state = issueUnits(plan, state);
  const left = { state, lines: changedSteps(before, state, now) };
  if (state.ended) return over(left, state.ended);
  const open = stages[state.stage].open(state.work, state, turn);
  const isAtWork = open.gates.length === 0;
  return goesOn(left, open, { isPaused: state.paused !== null, isAtWork, currentStep: state.stage });
}

function receive(state: BatchState, item: MailboxItem, turn: BatchTurn): BatchState {
  switch (item.kind) {
    case 'exit': {
      const reason = textOr(item.payload, 'reason', 'cancelled');
      return toEnd(state, { status: 'exited', outcome: 'cancelled', reason });
    }
    case 'pause':
      return { ...state, paused: 'person' };
    case 'resume':
      return { ...state, paused: null, epoch: state.epoch + 1 };
    default: {
      const after = stages[state.stage].receive(state, state.work, item, turn);
      return after.stage === state.stage ? after : begun(after, item.at);
    }
  }
}

/** Gives the stage that the batch has come to its work. */
function begun(state: BatchState, stageAt: string): BatchState {
  return { ...state, work: stageWork(unitsOf(state.stage, state)), stageAt };
}
