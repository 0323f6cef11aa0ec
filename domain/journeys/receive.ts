import type { MailboxItem } from '../../contracts/core/machine.ts';
import { ACTION_DONE, ACTION_OPENED } from '../../contracts/core/recorded-names.ts';
import { isObject } from '../conditions/values.ts';
import { noteLine } from '../machine/lines.ts';
import { answers, decides, text, textOr } from '../machine/received.ts';
import { kindOf } from './nodes/node-kinds.ts';
import { finish } from './advance-step.ts';
import type { OpenVisit, PausedBy, Token } from './state.ts';
import { earlier, isReached, later } from '../time/time.ts';
import { afterEntry, isMeant, keyOf, readEvent, type ReceivedEvent } from './triggers.ts';
import {
  factsOf,
  goalDeadline,
  lineOf,
  moveToken,
  noteStep,
  openVisit,
  resolveStep,
  scopeOf,
  type Turn,
} from './turn.ts';

/** The timeline's line for a goal; no node id has a `$`. */
export const GOAL = '$goal';

/** Receives one message. A message that is no longer awaited, or of an unknown kind, changes nothing; after the end only the goal counts. */
export function receive(turn: Turn, item: MailboxItem): void {
  if (turn.state.end !== null && !(item.kind === 'event' && readEvent(item).purpose === 'goal')) return;
  switch (item.kind) {
    case ACTION_DONE:
    case 'failed':
      return receiveResult(turn, item);
    case 'event':
      return receiveEvent(turn, readEvent(item));
    case 'gate':
      return receiveDecision(turn, item);
    case 'exit':
      return finish(turn, 'exited', textOr(item.payload, 'reason', 'asked to exit'));
    case 'pause':
      return isLatest(turn, item) ? pause(turn, item) : undefined;
    case 'resume':
      return isLatest(turn, item) ? resume(turn, item) : undefined;
    default:
      return;
  }
}

function receiveResult(turn: Turn, item: MailboxItem): void {
  const asker = listeners(turn).find(({ open }) => open.opened.kind === ACTION_OPENED && answers(item, open));
  if (!asker) return;
  const { kind, payload } = item;
  if (kind === ACTION_DONE) return resolveStep(turn, asker.token, { kind, output: payload });
  const [type, message] = [textOr(payload, 'type', 'unknown'), textOr(payload, 'message', 'it failed')];
  resolveStep(turn, asker.token, { kind: 'failed', type, message });
}

function receiveEvent(turn: Turn, event: ReceivedEvent): void {
  const isEntry = event.id !== null && event.id === turn.state.entry.eventId;
  // Code of before lets through what was received since the entry, whenever it occurred.
  const after = afterEntry(turn.state.entry);
  if (isEntry || (after && Date.parse(event.occurredAt) < Date.parse(after.occurredAt))) return;
  switch (event.purpose) {
    case 'exit':
      return receiveExit(turn, event);
    case 'goal':
      return receiveGoal(turn, event);
    default:
      return receiveAwaited(turn, event);
  }
}

function receiveExit(turn: Turn, event: ReceivedEvent): void {
  const facts = factsOf(turn);
  const isExit = turn.definition.exitWhen.some((trigger) => isMeant(event, trigger, keyOf(trigger, facts), facts));
  const { occurredAt, receivedAt } = event;
  const by = { occurredAt: earlier(receivedAt, occurredAt), receivedAt };
  if (isExit) finish(turn, 'exited', `event ${event.name}`, { by });
}

function receiveGoal(turn: Turn, event: ReceivedEvent): void {
  const { goal } = turn.definition;
  const { state } = turn;
  if (!goal || state.goalReachedAt !== null) return;
  const facts = factsOf(turn);
  const isInTime = !isReached(goalDeadline(turn, goal), event.occurredAt);
  if (!isInTime || !isMeant(event, goal.when, keyOf(goal.when, facts), facts)) return;
  const reachedAt = later(state.clock, earlier(turn.now, event.receivedAt));
  turn.state = { ...state, goalReachedAt: reachedAt };
  noteLine(turn.lines, {
    step: GOAL,
    visit: 1,
    kind: 'goal',
    title: 'Goal',
    status: 'done',
    detail: { event: event.name, occurredAt: event.occurredAt },
    startedAt: reachedAt,
    endedAt: reachedAt,
  });
}

function receiveAwaited(turn: Turn, event: ReceivedEvent): void {
  for (const { token, open } of listeners(turn)) {
    const { step, visit, opened, memory = {} } = open;
    const isAddressed = (event.step === null || event.step === step) && (event.visit === null || event.visit === visit);
    const node = turn.graph.places.get(step)?.node;
    if (opened.kind !== 'event' || !isAddressed || !node) continue;
    const received = kindOf(node).receive(node, event, { state: turn.state, facts: factsOf(turn), opened, memory });
    if (received?.kind === 'stay') moveToken(turn, token, { ...open, memory: received.memory });
    else if (received) resolveStep(turn, token, received);
  }
}

function receiveDecision(turn: Turn, item: MailboxItem): void {
  const { outcome, form, round } = item.payload;
  const asker = listeners(turn).find(({ open }) => decides(item, open));
  if (asker?.open.opened.kind !== 'gate') return;
  const chosen = asker.open.opened.outcomes.find((offered) => offered.name === outcome);
  if (!chosen) return;
  resolveStep(turn, asker.token, {
    kind: 'gate',
    outcome: chosen.name,
    comment: text(item.payload, 'comment'),
    form: isObject(form) ? form : null,
    round: typeof round === 'number' ? round : null,
  });
}

/** Of pauses and resumes the later request counts, also when its row is read first. */
function isLatest(turn: Turn, { seq }: MailboxItem): boolean {
  return seq > turn.state.toggleSeq;
}

/** The name of a journey's own pauses and resumes begins so; a run's is the id of an operation. */
const OF_JOURNEY = 'journey/';

function pausedBy({ ref }: MailboxItem): PausedBy {
  return ref?.startsWith(OF_JOURNEY) === true ? 'journey' : 'run';
}

function pause(turn: Turn, item: MailboxItem): void {
  const { state } = turn;
  const pausedAt = state.isPaused ? state.pausedAt : state.clock;
  const by = [...new Set([...(state.pausedBy ?? []), pausedBy(item)])];
  const since = pausedAt === undefined ? {} : { pausedAt };
  turn.state = { ...state, isPaused: true, toggleSeq: item.seq, ...since, pausedBy: by };
}

/**
 * Goes on: each deadline that was ahead when the pause began is what its node makes of it. The journey's resume leaves a run that was paused
 * by itself; a run's own lets it go on whatever paused it.
 */
function resume(turn: Turn, item: MailboxItem): void {
  const { seq } = item;
  const { pausedAt: from, pausedBy: by = [], ...state } = turn.state;
  if (pausedBy(item) === 'journey' && by.includes('run')) {
    turn.state = { ...turn.state, pausedBy: ['run'], toggleSeq: seq };
    return;
  }
  turn.state = { ...state, isPaused: false, toggleSeq: seq };
  if (from === undefined) return;
  const pause = { from, to: state.clock, zone: scopeOf(turn).zone };
  for (const { token, open } of listeners(turn)) {
    const place = turn.graph.places.get(open.step);
    const { opened } = open;
    if (!place || opened.kind === ACTION_OPENED || opened.kind === 'branches') continue;
    if (opened.dueAt === null || isReached(opened.dueAt, from)) continue;
    const dueAt = kindOf(place.node).afterPause(place.node, opened.dueAt, pause);
    if (dueAt === opened.dueAt) continue;
    const moved = { ...opened, dueAt };
    moveToken(turn, token, { ...open, opened: moved });
    noteStep(turn, place, open.visit, { ...lineOf(moved), startedAt: open.startedAt });
  }
}

/** A token with the visit in which it waits. */
type Listener = { token: Token; open: OpenVisit };

function listeners(turn: Turn): Listener[] {
  return turn.state.tokens.flatMap((token) => {
    const open = openVisit(token);
    return open ? [{ token, open }] : [];
  });
}
