import type { Place } from './graph.ts';
import type { Move } from './moves.ts';
import { kindOf } from './nodes/node-kinds.ts';
import type { JourneyState, Position, Settlement } from './state.ts';
import { lineOf, noteLine, scopeOf, type Turn } from './turn.ts';

/** More steps than any turn of a checked journey takes; only a loop without a wait reaches it. */
const MAX_MOVES = 1_000;

/** A visit of a step. */
type Visit = { place: Place; visit: number; startedAt: string };

/** Goes from step to step until one has to wait, the run is paused, or it has ended. */
export function proceed(turn: Turn): void {
  for (;;) {
    const { position, isPaused } = turn.state;
    if (isPaused || position === null || (position.kind === 'in' && position.settled === null)) return;
    turn.moves += 1;
    if (turn.moves > MAX_MOVES) return finish(turn, 'failed', 'a loop without a wait');
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

function goOn(turn: Turn, position: Extract<Position, { kind: 'in' }>, settled: Settlement | null): void {
  const { step, visit, startedAt } = position;
  const place = turn.graph.places.get(step);
  if (!place || settled === null) return finish(turn, 'failed', `there is no step '${step}'`);
  remember(turn, step, settled);
  const { node } = place;
  apply(turn, { place, visit, startedAt }, kindOf(node).settle(node, settled, scopeOf(turn)));
}

/** What later visits must know: how often an outcome was chosen, and what ended a wait. */
function remember(turn: Turn, step: string, settled: Settlement): void {
  const { state } = turn;
  if (settled.kind === 'gate') {
    const choice = `${step}/${settled.outcome}`;
    turn.state = { ...state, decisions: { ...state.decisions, [choice]: (state.decisions[choice] ?? 0) + 1 } };
  }
  if (settled.kind === 'event' || settled.kind === 'due') {
    const eventId = settled.kind === 'event' ? settled.id : (state.waits[step]?.eventId ?? null);
    turn.state = { ...state, waits: { ...state.waits, [step]: { endedAt: state.clock, eventId } } };
  }
}

function apply(turn: Turn, at: Visit, move: Move): void {
  const { place, visit, startedAt } = at;
  const { clock } = turn.state;
  const over = { startedAt, endedAt: clock, dueAt: null };
  switch (move.kind) {
    case 'open': {
      const { opened } = move;
      const position: Position = { kind: 'in', step: place.node.id, visit, startedAt, opened, settled: null };
      turn.state = { ...turn.state, position };
      return noteLine(turn, place, visit, { ...lineOf(opened), startedAt });
    }
    case 'leave': {
      const status = move.isSkipped === true ? 'skipped' : 'done';
      noteLine(turn, place, visit, { status, ...over, ...(move.detail ? { detail: move.detail } : {}) });
      turn.state = { ...withOutput(turn.state, place, move), position: { kind: 'arriving', step: after(place, move) } };
      return;
    }
    case 'exit':
      noteLine(turn, place, visit, { status: 'done', ...over, detail: { reason: move.reason } });
      return end(turn, 'exited', move.reason);
    case 'fail':
      noteLine(turn, place, visit, { status: 'failed', ...over, detail: { reason: move.reason, ...move.detail } });
      return end(turn, 'failed', `${place.node.title ?? place.node.id}: ${move.reason}`);
  }
}

/** Ends the run by its current step, whose line is written already. */
function end(turn: Turn, status: 'exited' | 'failed', reason: string): void {
  turn.state = { ...turn.state, position: null };
  finish(turn, status, reason);
}

function withOutput(state: JourneyState, place: Place, move: Extract<Move, { kind: 'leave' }>): JourneyState {
  return move.output === undefined ? state : { ...state, outputs: { ...state.outputs, [place.node.id]: move.output } };
}

function after(place: Place, move: Extract<Move, { kind: 'leave' }>): string | null {
  if (move.target !== undefined) return move.target;
  const branch = place.branches.find(({ name }) => name === move.branch);
  return branch ? branch.first : place.next;
}
