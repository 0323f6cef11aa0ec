import type { Place } from './graph.ts';
import type { NodeResult } from './node-result.ts';
import { kindOf } from './nodes/node-kinds.ts';
import type { JourneyState, Position, StepResult } from './state.ts';
import { lineOf, noteLine, scopeOf, type Turn } from './turn.ts';

/** More steps than any turn of a checked journey takes; only a loop without a wait reaches it. */
const MAX_STEPS = 1_000;

/** A visit of a step. */
type Visit = { place: Place; visit: number; startedAt: string };

/** Goes from step to step until one has to wait, the run is paused, or it has ended. */
export function advanceStep(turn: Turn): void {
  for (;;) {
    const { position, isPaused } = turn.state;
    if (isPaused || position === null || (position.kind === 'in' && position.settled === null)) return;
    turn.stepCount += 1;
    if (turn.stepCount > MAX_STEPS) return finish(turn, 'failed', 'a loop without a wait');
    if (position.kind === 'arriving') arrive(turn, position.step);
    else goOn(turn, position, position.settled);
  }
}

/** Ends the run. A step that is still in the middle of something is shown as skipped, with the reason. */
export function finish(turn: Turn, status: 'completed' | 'exited' | 'failed', reason: string): void {
  const { position, clock } = turn.state;
  const place = position?.kind === 'in' ? turn.graph.places.get(position.step) : undefined;
  if (place && position?.kind === 'in') {
    const { visit, startedAt } = position;
    noteLine(turn, place, visit, { status: 'skipped', startedAt, endedAt: clock, dueAt: null, detail: { reason } });
  }
  turn.state = { ...turn.state, position: null, end: { status, reason } };
}

function arrive(turn: Turn, step: string | null): void {
  if (step === null) return finish(turn, 'completed', 'all steps done');
  const place = turn.graph.places.get(step);
  if (!place) return finish(turn, 'failed', `there is no step '${step}'`);
  const visit = (turn.state.visits[step] ?? 0) + 1;
  turn.state = { ...turn.state, visits: { ...turn.state.visits, [step]: visit } };
  const { node } = place;
  apply(turn, { place, visit, startedAt: turn.state.clock }, kindOf(node).begin(node, scopeOf(turn)));
}

function goOn(turn: Turn, position: Extract<Position, { kind: 'in' }>, result: StepResult | null): void {
  const { step, visit, startedAt } = position;
  const place = turn.graph.places.get(step);
  if (!place || result === null) return finish(turn, 'failed', `there is no step '${step}'`);
  remember(turn, step, result);
  const { node } = place;
  apply(turn, { place, visit, startedAt }, kindOf(node).settle(node, result, scopeOf(turn)));
}

/** What later visits must know: how often an outcome was chosen, and what ended a wait. */
function remember(turn: Turn, step: string, result: StepResult): void {
  const { state } = turn;
  if (result.kind === 'gate') {
    const choice = `${step}/${result.outcome}`;
    turn.state = { ...state, decisions: { ...state.decisions, [choice]: (state.decisions[choice] ?? 0) + 1 } };
  }
  if (result.kind === 'event' || result.kind === 'due') {
    const eventId = result.kind === 'event' ? result.id : (state.waits[step]?.eventId ?? null);
    turn.state = { ...state, waits: { ...state.waits, [step]: { endedAt: state.clock, eventId } } };
  }
}

function apply(turn: Turn, at: Visit, result: NodeResult): void {
  const { place, visit, startedAt } = at;
  const { clock } = turn.state;
  const over = { startedAt, endedAt: clock, dueAt: null };
  switch (result.kind) {
    case 'open': {
      const { opened } = result;
      const position: Position = { kind: 'in', step: place.node.id, visit, startedAt, opened, settled: null };
      turn.state = { ...turn.state, position };
      return noteLine(turn, place, visit, { ...lineOf(opened), startedAt });
    }
    case 'leave': {
      const status = result.isSkipped === true ? 'skipped' : 'done';
      noteLine(turn, place, visit, { status, ...over, ...(result.detail ? { detail: result.detail } : {}) });
      turn.state = {
        ...withOutput(turn.state, place, result),
        position: { kind: 'arriving', step: after(place, result) },
      };
      return;
    }
    case 'exit':
      noteLine(turn, place, visit, { status: 'done', ...over, detail: { reason: result.reason } });
      return end(turn, 'exited', result.reason);
    case 'fail':
      noteLine(turn, place, visit, { status: 'failed', ...over, detail: { reason: result.reason, ...result.detail } });
      return end(turn, 'failed', `${place.node.title ?? place.node.id}: ${result.reason}`);
  }
}

/** Ends the run by its current step, whose line is written already. */
function end(turn: Turn, status: 'exited' | 'failed', reason: string): void {
  turn.state = { ...turn.state, position: null };
  finish(turn, status, reason);
}

function withOutput(state: JourneyState, place: Place, result: Extract<NodeResult, { kind: 'leave' }>): JourneyState {
  return result.output === undefined
    ? state
    : { ...state, outputs: { ...state.outputs, [place.node.id]: result.output } };
}

function after(place: Place, result: Extract<NodeResult, { kind: 'leave' }>): string | null {
  if (result.target !== undefined) return result.target;
  const branch = place.branches.find(({ name }) => name === result.branch);
  return branch ? branch.first : place.next;
}
