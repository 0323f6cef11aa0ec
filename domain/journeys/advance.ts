import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import type { Advanced } from '../../contracts/core/machine.ts';
import { receive } from './receive.ts';
import { advanceStep, replan } from './advance-step.ts';
import { summarise } from './summarise.ts';
import { resolveStep } from './resolve-step.ts';
import type { JourneyState, Token } from './state.ts';
import { earlier, isReached, later } from '../time/time.ts';
import { beginTurn, openVisit, type JourneyInput, type Turn } from './turn.ts';

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
    if (state.tokens.length === 0) {
      const start: Token = { fork: null, position: { kind: 'arriving', step: turn.graph.first } };
      turn.state = { ...state, tokens: [start] };
    }
    replan(turn);
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
  for (let timer = nextTimer(turn); timer && isReached(timer.dueAt, to); timer = nextTimer(turn)) {
    turn.timers += 1;
    turn.state = { ...turn.state, clock: later(turn.state.clock, turn.timers > CATCH_UP ? to : timer.dueAt) };
    resolveStep(turn, timer.token, { kind: 'due' });
    advanceStep(turn);
  }
  if (turn.state.end === null) turn.state = { ...turn.state, clock: later(turn.state.clock, to) };
}

/**
 * The timer of an open visit that is due first. A gate has none: its deadline is settled where decisions are, and comes as a
 * message.
 */
function nextTimer({ state: { tokens } }: Turn): { token: Token; dueAt: string } | undefined {
  const timers = tokens.flatMap((token) => {
    const opened = openVisit(token)?.opened;
    return (opened?.kind === 'time' || opened?.kind === 'event') && opened.dueAt !== null
      ? [{ token, dueAt: opened.dueAt }]
      : [];
  });
  return timers.toSorted((a, b) => Date.parse(a.dueAt) - Date.parse(b.dueAt))[0];
}
