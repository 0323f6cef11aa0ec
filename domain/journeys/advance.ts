import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import type { Advanced, MailboxItem, WaitSpec } from '../../contracts/core/machine.ts';
import { receive } from './receive.ts';
import { advanceStep, finish, replan } from './advance-step.ts';
import { isRepair, repair } from './repair.ts';
import { summarise, waitsOf } from './summarise.ts';
import type { JourneyState, Token } from './state.ts';
import { earlier, isReached, later } from '../time/time.ts';
import { instantOf, readEvent } from './triggers.ts';
import { beginTurn, openVisit, resolveStep, type JourneyInput, type Turn } from './turn.ts';

/**
 * Moves one run as far as it goes without the outside world: receives the mailbox in the order in which things happened, lets the timers
 * between fire when they were due, and says what is open now. Where it has begun to listen to something, it stops before any other timer
 * and message, as the engine may have a stored event that came before them: those messages are `left`. Deterministic,
 * no I/O, no clock of its own; it never throws, whatever the definition. An ended run stays as it is, but for its goal, unless it failed and is
 * taken up again.
 */
export function advance(
  definition: JourneyDefinition,
  state: JourneyState,
  input: JourneyInput,
): Advanced<JourneyState> {
  const turn = beginTurn(definition, state, input);
  for (const item of input.mailbox) if (isRepair(item)) repair(turn, item);
  const left: number[] = [];
  if (turn.state.end === null) {
    const isFirst = state.tokens.length === 0 && state.end === null;
    // A run that was over listened to nothing, and one that was rewound listens anew.
    const isNew = isFirst || state.end !== null || input.isRewound === true;
    const known = isNew ? [] : (input.listening ?? waitsOf(turn));
    if (isFirst) {
      const start: Token = { fork: null, position: { kind: 'arriving', step: turn.graph.first } };
      turn.state = { ...state, tokens: [start] };
    }
    replan(turn);
    advanceStep(turn);
    for (const item of inOrder(input.mailbox)) {
      if (left.length > 0 || !passTime(turn, known, happenedAt(item))) left.push(item.seq);
      else {
        // The clock of a run that is over stays at its end: what is received later has happened after it.
        if (turn.state.end === null)
          turn.state = { ...turn.state, clock: later(turn.state.clock, earlier(turn.now, instantOf(item))) };
        receive(turn, item);
        advanceStep(turn);
      }
    }
    if (left.length === 0) passTime(turn, known, turn.now);
    const isBehind = left.length > 0 || dueTimer(turn, turn.now) !== undefined;
    turn.state = withLateTimers(turn, isBehind && turn.state.end === null);
  } else inOrder(input.mailbox).forEach((item) => receive(turn, item));
  if (left.length === 0) return summarise(turn);
  // A pause that is received in the next turn holds what would be done before it.
  const holds = input.mailbox.some(({ kind, seq }) => kind === 'pause' && left.includes(seq));
  return { ...summarise(turn), ...(holds ? { actions: [] } : {}), left };
}

/**
 * Timers in a row that may fire late as if each had been on time. A run that was down for long catches up in this way; above
 * this number, waits count from the present, else a loop of seconds over a year would fill turn after turn.
 */
const CATCH_UP = 100;
/** As many again count from the present: when even they are due at once, none of them waits. */
const MAX_LATE_TIMERS = 2 * CATCH_UP;

/**
 * Advances the clock to an instant: what fell due on the way happens before what came after it. False where it had to stop before, as a
 * stored event may come first.
 */
function passTime(turn: Turn, known: readonly WaitSpec[], instant: string): boolean {
  const to = earlier(turn.now, instant);
  for (let timer = dueTimer(turn, to); timer || !isReached(to, turn.state.clock); timer = dueTimer(turn, to)) {
    if (turn.state.end !== null) return true;
    if (hasBegunToListen(turn, known)) return false;
    if (timer) fire(turn, timer, to);
    else turn.state = { ...turn.state, clock: to };
  }
  return true;
}

function fire(turn: Turn, { token, dueAt }: Timer, to: string): void {
  turn.timers += 1;
  if (turn.timers > MAX_LATE_TIMERS) return finish(turn, 'failed', 'a loop without a wait');
  turn.state = { ...turn.state, clock: later(turn.state.clock, turn.timers > CATCH_UP ? to : dueAt) };
  resolveStep(turn, token, { kind: 'due' });
  advanceStep(turn);
}

/** Whether the run listens to something that the engine has not compared with the stored events yet. */
function hasBegunToListen(turn: Turn, known: readonly WaitSpec[]): boolean {
  const idOf = ({ step, visit, eventName, key, purpose }: WaitSpec): string =>
    JSON.stringify([step, visit, eventName, key, purpose]);
  const ids = new Set(known.map(idOf));
  return waitsOf(turn).some((wait) => !ids.has(idOf(wait)));
}

/** How many timers have fired late in a row is kept only while the run is behind. */
function withLateTimers(turn: Turn, isBehind: boolean): JourneyState {
  const { lateTimers: _, ...state } = turn.state;
  return isBehind ? { ...state, lateTimers: turn.timers } : state;
}

/** What an event says of when it occurred counts against timers: a source or an intake that stood still is nobody's delay. */
function happenedAt(item: MailboxItem): string {
  return item.kind === 'event' ? earlier(instantOf(item), readEvent(item).occurredAt) : item.at;
}

/** By when they came; what came at one instant keeps the order in which it was enqueued. */
function inOrder(mailbox: readonly MailboxItem[]): MailboxItem[] {
  return mailbox.toSorted((a, b) => Date.parse(instantOf(a)) - Date.parse(instantOf(b)) || a.seq - b.seq);
}

type Timer = { token: Token; dueAt: string };

/**
 * The timer of an open visit that is due first, if it is at an instant. A gate has none: its deadline is settled where decisions are, and
 * comes as a message. In a pause no timer fires; what ran out in it is decided at its end.
 */
function dueTimer({ state: { tokens, isPaused } }: Turn, instant: string): Timer | undefined {
  if (isPaused) return undefined;
  const timers = tokens.flatMap((token) => {
    const opened = openVisit(token)?.opened;
    return (opened?.kind === 'time' || opened?.kind === 'event') && opened.dueAt !== null
      ? [{ token, dueAt: opened.dueAt }]
      : [];
  });
  const [first] = timers.toSorted((a, b) => Date.parse(a.dueAt) - Date.parse(b.dueAt));
  return first && isReached(first.dueAt, instant) ? first : undefined;
}
