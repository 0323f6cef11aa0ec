import type { Action } from '../../contracts/core/actions.ts';
import type { Advanced, GateSpec, WaitSpec } from '../../contracts/core/machine.ts';
import { ACTION_OPENED } from '../../contracts/core/recorded-names.ts';
import type { JourneyState, Position } from './state.ts';
import { isReached, plus } from '../time/time.ts';
import { keyOf } from './triggers.ts';
import { factsOf, scopeOf, type Turn } from './turn.ts';
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
    return { state, actions: [], waits: [], gates: [], steps, dueAt: null, status, currentStep: null, ended };
  }
  const open = state.position?.kind === 'in' && state.position.settled === null ? state.position : null;
  return {
    state,
    actions: actionsOf(open, state.isPaused),
    waits: [...waitsOf(open), ...exitWaits(turn), ...goalWaits(turn)],
    gates: gatesOf(open),
    steps,
    dueAt: state.isPaused ? null : dueOf(open),
    status: state.isPaused ? 'paused' : open?.opened.kind === ACTION_OPENED ? 'running' : 'waiting',
    currentStep: state.position?.step ?? null,
    ended: null,
  };
}

type Open = Extract<Position, { kind: 'in' }> | null;

/** While paused nothing is done outside; what was in the middle of it is asked for again, with the same id, on resume. */
function actionsOf(open: Open, isPaused: boolean): Action[] {
  if (open?.opened.kind !== ACTION_OPENED || isPaused) return [];
  const { step, visit } = open;
  const { kind: _, ...request } = open.opened;
  return [{ id: `${step}/${visit}`, step, visit, ...request }];
}

function waitsOf(open: Open): WaitSpec[] {
  if (open?.opened.kind !== 'event') return [];
  const { step, visit } = open;
  const { eventName, key, from, dueAt } = open.opened;
  return [{ step, visit, eventName, key, purpose: 'wait', dueAt, from }];
}

function gatesOf(open: Open): GateSpec[] {
  if (open?.opened.kind !== 'gate') return [];
  const { kind: _, ...gate } = open.opened;
  return [{ step: open.step, visit: open.visit, ...gate }];
}

/** A gate's deadline counts only where an outcome comes with it; else the run would be called for nothing. */
function dueOf(open: Open): string | null {
  if (open === null || open.opened.kind === ACTION_OPENED) return null;
  if (open.opened.kind === 'gate' && open.opened.onTimeout === null) return null;
  return open.opened.dueAt;
}

function exitWaits(turn: Turn): WaitSpec[] {
  const facts = factsOf(turn);
  return turn.definition.exitWhen.map((trigger, index) => ({
    step: EXIT,
    visit: index + 1,
    eventName: trigger.event,
    key: keyOf(trigger, facts),
    purpose: 'exit',
    dueAt: null,
    from: turn.state.entry.receivedAt,
  }));
}

function goalWaits(turn: Turn): WaitSpec[] {
  const { goal } = turn.definition;
  if (!goal || turn.state.goalReachedAt !== null) return [];
  const from = turn.state.entry.receivedAt;
  const dueAt = plus(from, goal.within, scopeOf(turn).zone);
  if (isReached(dueAt, turn.state.clock)) return [];
  const key = keyOf(goal.when, factsOf(turn));
  return [{ step: GOAL, visit: 1, eventName: goal.when.event, key, purpose: 'goal', dueAt, from }];
}
