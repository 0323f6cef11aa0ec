import type { Advanced, WaitSpec } from '../../contracts/core/machine.ts';
import { ACTION_OPENED } from '../../contracts/core/recorded-names.ts';
import { goesOn, over } from '../machine/advanced.ts';
import { nothingOpen, openRequest, together, type Open } from '../machine/open.ts';
import type { JourneyState, Token } from './state.ts';
import { isReached, plus } from '../time/time.ts';
import { latenessOf } from './entry.ts';
import { afterEntry, sinceEntry, watchedKey } from './triggers.ts';
import { factsOf, goalDeadline, openVisit, type Turn } from './turn.ts';
import { GOAL } from './receive.ts';

/** The step name of the waits for exit events; their visit is the trigger's place, counted from 1. No node id has a `$`. */
const EXIT = '$exit';

/** Says what is open after a turn. */
export function summarise(turn: Turn): Advanced<JourneyState> {
  const { state } = turn;
  const waits = waitsOf(turn);
  if (state.end !== null) {
    const { status, reason } = state.end;
    return { ...over(turn, { status, outcome: status, reason }), waits };
  }
  const { isPaused } = state;
  const [first, ...beside] = state.tokens;
  const open = together(state.tokens.map(openIn));
  // While paused nothing is done outside; what was in the middle of it is asked for again, with the same id, on resume.
  const now = isPaused ? { ...open, actions: [], dueAt: null } : open;
  const isAtWork = now.actions.length > 0;
  const currentStep = first?.position.step ?? null;
  return {
    ...goesOn(turn, { ...now, waits }, { isPaused, isAtWork, currentStep }),
    ...(beside.length > 0 ? { branchSteps: beside.flatMap(({ position }) => position.step ?? []) } : {}),
  };
}

/** All that the run listens to; after its end that is its goal. */
export function waitsOf(turn: Turn): WaitSpec[] {
  const awaited = turn.state.tokens.flatMap((token) => openIn(token).waits);
  const after = afterEntry(turn.state.entry);
  const all = [...awaited, ...(turn.state.end === null ? exitWaits(turn) : []), ...goalWaits(turn)];
  return after ? all.map((wait) => ({ ...wait, after })) : all;
}

/** What a token's visit has open. A gate is due only where an outcome comes with its deadline; else the run would be called for nothing. */
function openIn(token: Token): Open {
  const visited = openVisit(token);
  if (!visited) return nothingOpen;
  const { step, visit, opened } = visited;
  switch (opened.kind) {
    case ACTION_OPENED: {
      const { kind: _, ...request } = opened;
      return { ...nothingOpen, actions: [openRequest({ step, visit }, request)] };
    }
    case 'time':
      return { ...nothingOpen, dueAt: opened.dueAt };
    case 'event': {
      const { dueAt, more = [] } = opened;
      const awaited = [opened, ...more].map(({ eventName, key, from }) => ({ eventName, key, from }));
      const waits = awaited.map((event) => ({ step, visit, ...event, purpose: 'wait' as const, dueAt }));
      return { ...nothingOpen, waits, dueAt };
    }
    case 'gate': {
      const { kind: _, ...gate } = opened;
      return { ...nothingOpen, gates: [{ step, visit, ...gate }], dueAt: gate.onTimeout === null ? null : gate.dueAt };
    }
    case 'branches':
      return nothingOpen;
  }
}

function exitWaits(turn: Turn): WaitSpec[] {
  const facts = factsOf(turn);
  return turn.definition.exitWhen.map((trigger, index) => ({
    step: EXIT,
    visit: index + 1,
    eventName: trigger.event,
    key: watchedKey(trigger, facts),
    purpose: 'exit',
    dueAt: null,
    from: sinceEntry(turn.state.entry),
  }));
}

function goalWaits(turn: Turn): WaitSpec[] {
  const { goal } = turn.definition;
  if (!goal || turn.state.goalReachedAt !== null) return [];
  const from = sinceEntry(turn.state.entry);
  const deadline = goalDeadline(turn, goal);
  const toldBy = plus(deadline, latenessOf(turn.definition), 'UTC');
  if (isReached(toldBy, turn.state.clock)) return [];
  const dueAt = turn.state.end === null ? deadline : toldBy;
  const key = watchedKey(goal.when, factsOf(turn));
  return [{ step: GOAL, visit: 1, eventName: goal.when.event, key, purpose: 'goal', dueAt, from }];
}
