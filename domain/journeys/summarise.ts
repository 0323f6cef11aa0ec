import type { Action } from '../../contracts/core/actions.ts';
import type { Advanced, GateSpec, WaitSpec } from '../../contracts/core/machine.ts';
import { ACTION_OPENED } from '../../contracts/core/recorded-names.ts';
import type { JourneyState, OpenVisit } from './state.ts';
import { earlier, isReached, plus } from '../time/time.ts';
import { latenessOf } from './entry.ts';
import { afterEntry, sinceEntry, watchedKey } from './triggers.ts';
import { factsOf, goalDeadline, openVisit, type Turn } from './turn.ts';
import { GOAL } from './receive.ts';

/** The step name of the waits for exit events; their visit is the trigger's place, counted from 1. No node id has a `$`. */
const EXIT = '$exit';

/** Says what is open after a turn. */
export function summarise(turn: Turn): Advanced<JourneyState> {
  const { state } = turn;
  const steps = [...turn.lines.values()];
  if (state.end !== null) {
    const { status, reason } = state.end;
    const ended = { outcome: status, reason };
    const waits = waitsOf(turn);
    return { state, actions: [], waits, gates: [], steps, dueAt: null, status, currentStep: null, ended };
  }
  const [first, ...beside] = state.tokens;
  const open = state.tokens.map(openVisit).filter((visit) => visit !== null);
  // While paused nothing is done outside; what was in the middle of it is asked for again, with the same id, on resume.
  const actions = state.isPaused ? [] : open.flatMap(actionsOf);
  return {
    state,
    actions,
    waits: waitsOf(turn),
    gates: open.flatMap(gatesOf),
    steps,
    dueAt: state.isPaused ? null : firstOf(open.map(dueOf)),
    status: state.isPaused ? 'paused' : actions.length > 0 ? 'running' : 'waiting',
    currentStep: first?.position.step ?? null,
    ...(beside.length > 0 ? { branchSteps: beside.flatMap(({ position }) => position.step ?? []) } : {}),
    ended: null,
  };
}

/** All that the run listens to; after its end that is its goal. */
export function waitsOf(turn: Turn): WaitSpec[] {
  const awaited = turn.state.tokens.flatMap((token) => awaitedIn(openVisit(token)));
  const after = afterEntry(turn.state.entry);
  const all = [...awaited, ...(turn.state.end === null ? exitWaits(turn) : []), ...goalWaits(turn)];
  return after ? all.map((wait) => ({ ...wait, after })) : all;
}

function actionsOf({ step, visit, opened }: OpenVisit): Action[] {
  if (opened.kind !== ACTION_OPENED) return [];
  const { kind: _, ...request } = opened;
  return [{ id: `${step}/${visit}`, step, visit, ...request }];
}

function awaitedIn(visited: OpenVisit | null): WaitSpec[] {
  if (visited?.opened.kind !== 'event') return [];
  const { step, visit, opened } = visited;
  const { dueAt, more = [] } = opened;
  return [opened, ...more].map(({ eventName, key, from }) => {
    return { step, visit, eventName, key, purpose: 'wait', dueAt, from };
  });
}

function gatesOf({ step, visit, opened }: OpenVisit): GateSpec[] {
  if (opened.kind !== 'gate') return [];
  const { kind: _, ...gate } = opened;
  return [{ step, visit, ...gate }];
}

/** A gate's deadline counts only where an outcome comes with it; else the run would be called for nothing. */
function dueOf({ opened }: OpenVisit): string | null {
  if (opened.kind === ACTION_OPENED || opened.kind === 'branches') return null;
  return opened.kind === 'gate' && opened.onTimeout === null ? null : opened.dueAt;
}

function firstOf(instants: readonly (string | null)[]): string | null {
  const set = instants.filter((instant) => instant !== null);
  return set.length === 0 ? null : set.reduce(earlier);
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
