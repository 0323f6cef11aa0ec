import type { JourneyDefinition } from '../../contracts/journeys/journey.ts';
import type { Advanced } from '../../contracts/core/machine.ts';
import { receive } from './receive.ts';
import { advanceStep } from './advance-step.ts';
import { summarise } from './summarise.ts';
import { resolveStep } from './resolve-step.ts';
import type { JourneyState } from './state.ts';
import { earlier, isReached, later } from '../time/time.ts';
import { beginTurn, type JourneyInput, type Turn } from './turn.ts';

/**
 * Moves one run as far as it goes without the outside world: receives the mailbox in its order, lets the timers between
 * fire when they were due, and says what is open now. Deterministic, no I/O, no clock of its own; it never throws, whatever
 * the definition. An ended run stays as it is.
 */
export function advance(
  definition: JourneyDefinition,
  state: JourneyState,
  input: JourneyInput,
): Advanced<JourneyState> {
  const turn = beginTurn(definition, state, input);
  if (state.end === null) {
    if (state.position === null) turn.state = { ...state, position: { kind: 'arriving', step: turn.graph.first } };
    advanceStep(turn);
    for (const item of input.mailbox.toSorted((a, b) => a.seq - b.seq)) {
      passTime(turn, item.at);
      receive(turn, item);
      advanceStep(turn);
    }
    passTime(turn, turn.now);
  }
  return summarise(turn);
}

/**
 * Timers that may fire in one turn as if each had been on time. A run that was down for long catches up in this way; above
 * this number, waits count from the present, else a loop of seconds over a year would fill the turn.
 */
const CATCH_UP = 100;

/** Advances the clock to an instant: what fell due on the way happens before what came after it. */
function passTime(turn: Turn, instant: string): void {
  const to = earlier(turn.now, instant);
  for (let due = timerOf(turn); due !== null && isReached(due, to); due = timerOf(turn)) {
    turn.timers += 1;
    turn.state = { ...turn.state, clock: later(turn.state.clock, turn.timers > CATCH_UP ? to : due) };
    resolveStep(turn, { kind: 'due' });
    advanceStep(turn);
  }
  if (turn.state.end === null) turn.state = { ...turn.state, clock: later(turn.state.clock, to) };
}

/**
 * When the current step's own timer is due. A gate has none: its deadline is settled where decisions are, and comes as a
 * message.
 */
function timerOf({ state: { position } }: Turn): string | null {
  if (position?.kind !== 'in' || position.settled !== null) return null;
  const { opened } = position;
  return opened.kind === 'time' || opened.kind === 'event' ? opened.dueAt : null;
}
