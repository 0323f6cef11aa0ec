import type { JsonObject } from '../../contracts/core/machine.ts';
import { ValuesTooLarge } from '../conditions/values.ts';
import { MAX_STEPS } from '../machine/advanced.ts';
import { nextVisit } from '../machine/lines.ts';
import type { Place } from './graph.ts';
import type { NodeResult } from './node-result.ts';
import { ON_ERROR } from './nodes/node-kind.ts';
import { kindOf } from './nodes/node-kinds.ts';
import type { JourneyEnd, JourneyState, OpenVisit, StepResult, Token } from './state.ts';
import { lineOf, moveToken, noteStep, openVisit, scopeOf, type Turn } from './turn.ts';

/** A visit of a step by a token. */
type Visit = { token: Token; place: Place; visit: number; startedAt: string; memory: JsonObject | undefined };

/** Goes from step to step until every token has to wait, the run is paused, or it has ended. */
export function advanceStep(turn: Turn): void {
  for (;;) {
    const token = turn.state.isPaused ? undefined : turn.state.tokens.find((one) => openVisit(one) === null);
    if (!token) return;
    turn.stepCount += 1;
    if (turn.stepCount > MAX_STEPS) return finish(turn, 'failed', 'a loop without a wait');
    const { position } = token;
    if (position.kind === 'arriving') arrive(turn, token, position.step);
    else goOn(turn, token, position, position.settled);
  }
}

/** Asks each open visit whether what it asked for stands with the facts of this turn. */
export function replan(turn: Turn): void {
  for (const token of turn.state.tokens) {
    // A visit before it may have left, and dropped the branch of this one.
    const open = turn.state.tokens.includes(token) ? openVisit(token) : null;
    const at = open && visitOf(turn, token, open);
    const result =
      at && withinBounds(() => kindOf(at.place.node).replan(at.place.node, open, scopeOf(turn, at.memory)));
    if (result) apply(turn, at, result);
  }
}

/** Ends the run. A step that is still in the middle of something is shown as skipped, with the reason. */
export function finish(
  turn: Turn,
  status: JourneyEnd['status'],
  reason: string,
  more: Pick<JourneyEnd, 'failure' | 'by'> = {},
): void {
  skip(turn, turn.state.tokens, reason);
  turn.state = { ...turn.state, tokens: [], end: { status, reason, ...more } };
}

/** Leaves a step on its way to which a token is, in a visit of its own, without doing it. */
export function leaveAt(turn: Turn, token: Token, place: Place, result: Extract<NodeResult, { kind: 'leave' }>): void {
  apply(turn, enter(turn, token, place), result);
}

function arrive(turn: Turn, token: Token, step: string | null): void {
  if (step === null) return token.fork ? join(turn, token, token.fork) : finish(turn, 'completed', 'all steps done');
  const place = turn.graph.places.get(step);
  if (!place) return finish(turn, 'failed', `there is no step '${step}'`);
  const { node } = place;
  const at = enter(turn, token, place);
  apply(
    turn,
    at,
    withinBounds(() => kindOf(node).begin(node, scopeOf(turn))),
  );
}

function enter(turn: Turn, token: Token, place: Place): Visit {
  const step = place.node.id;
  const visit = nextVisit(turn.state.visits, step);
  turn.state = { ...turn.state, visits: { ...turn.state.visits, [step]: visit } };
  return { token, place, visit, startedAt: turn.state.clock, memory: undefined };
}

/** The end of a branch: its token is over, and the step that forked receives that. */
function join(turn: Turn, token: Token, { step, branch }: NonNullable<Token['fork']>): void {
  const tokens = turn.state.tokens.filter((one) => one !== token);
  turn.state = { ...turn.state, tokens };
  const left = tokens.filter(({ fork }) => fork?.step === step).length;
  const forked = tokens.find(({ position }) => position.kind === 'in' && position.step === step);
  if (forked?.position.kind === 'in') goOn(turn, forked, forked.position, { kind: 'joined', branch, left });
}

function goOn(turn: Turn, token: Token, open: OpenVisit, result: StepResult | null): void {
  const at = visitOf(turn, token, open);
  if (!at || result === null) return finish(turn, 'failed', `there is no step '${open.step}'`);
  remember(turn, open.step, result);
  const { node } = at.place;
  apply(
    turn,
    at,
    withinBounds(() => kindOf(node).settle(node, result, scopeOf(turn, at.memory))),
  );
}

function visitOf(turn: Turn, token: Token, { step, visit, startedAt, memory }: OpenVisit): Visit | null {
  const place = turn.graph.places.get(step);
  return place ? { token, place, visit, startedAt, memory } : null;
}

/**
 * What later visits must know: how often an outcome was chosen, and what ended a wait. A visit that timed out has been offered all events until
 * then; one that an event ended none that was received after it.
 */
function remember(turn: Turn, step: string, result: StepResult): void {
  const { state } = turn;
  if (result.kind === 'gate') {
    const choice = `${step}/${result.outcome}`;
    turn.state = { ...state, decisions: { ...state.decisions, [choice]: (state.decisions[choice] ?? 0) + 1 } };
  }
  if (result.kind === 'event' || result.kind === 'due') {
    const previous = state.waits[step];
    const isEvent = result.kind === 'event';
    const ended = {
      endedAt: state.clock,
      eventId: isEvent ? result.id : (previous?.eventId ?? null),
      heardUntil: isEvent ? (result.receivedAt ?? state.clock) : state.clock,
    };
    turn.state = { ...state, waits: { ...state.waits, [step]: ended } };
  }
}

/** A step that would be given too much fails, and says so. */
function withinBounds<T>(work: () => T): T | Extract<NodeResult, { kind: 'fail' }> {
  try {
    return work();
  } catch (error) {
    if (error instanceof ValuesTooLarge) return { kind: 'fail', reason: error.message };
    throw error;
  }
}

function apply(turn: Turn, at: Visit, result: NodeResult): void {
  const { token, place, visit, startedAt } = at;
  const over = { startedAt, endedAt: turn.state.clock, dueAt: null };
  switch (result.kind) {
    case 'open': {
      const { opened, memory = at.memory } = result;
      const open: OpenVisit = { kind: 'in', step: place.node.id, visit, startedAt, opened, settled: null };
      moveToken(turn, token, memory ? { ...open, memory } : open, branchesOf(place, result));
      return noteStep(turn, place, visit, { ...lineOf(opened), startedAt });
    }
    case 'stay': {
      const { position } = token;
      if (position.kind === 'in') moveToken(turn, token, { ...position, settled: null, memory: result.memory });
      return;
    }
    case 'leave': {
      const status = result.isSkipped === true ? 'skipped' : 'done';
      noteStep(turn, place, visit, { status, ...over, ...(result.detail ? { detail: result.detail } : {}) });
      dropBranches(turn, place.node.id);
      turn.state = withOutput(turn.state, place, result);
      return moveToken(turn, token, { kind: 'arriving', step: after(place, result) });
    }
    case 'exit':
      noteStep(turn, place, visit, { status: 'done', ...over, detail: { reason: result.reason } });
      return end(turn, token, { status: 'exited', reason: result.reason });
    case 'fail':
      noteStep(turn, place, visit, { status: 'failed', ...over, detail: { reason: result.reason, ...result.detail } });
      dropBranches(turn, place.node.id);
      return fail(turn, token, place, result.reason);
  }
}

/** Goes into the branch that a step has for its failure, without an output of it; a step without one ends the run. */
function fail(turn: Turn, token: Token, place: Place, reason: string): void {
  const { id: step, title = step } = place.node;
  const branch = place.branches.find(({ name }) => name === ON_ERROR);
  if (branch) {
    const { [step]: _, ...outputs } = turn.state.outputs;
    turn.state = { ...turn.state, outputs };
    return moveToken(turn, token, { kind: 'arriving', step: branch.first });
  }
  const back = { ...token, position: { kind: 'arriving' as const, step } };
  const tokens = turn.state.tokens.map((one) => (one === token ? back : one));
  end(turn, token, { status: 'failed', reason: `${title}: ${reason}`, failure: { step, tokens } });
}

/** Ends the run by one of its steps, whose line is written already. */
function end(turn: Turn, token: Token, how: JourneyEnd): void {
  turn.state = { ...turn.state, tokens: turn.state.tokens.filter((one) => one !== token) };
  finish(turn, how.status, how.reason, how.failure ? { failure: how.failure } : {});
}

function branchesOf({ node, branches }: Place, { opened }: Extract<NodeResult, { kind: 'open' }>): Token[] {
  if (opened.kind !== 'branches') return [];
  return branches
    .filter(({ name }) => opened.names.includes(name))
    .map(({ name, first }) => ({
      fork: { step: node.id, branch: name },
      position: { kind: 'arriving', step: first },
    }));
}

/** Drops what still runs in the branches of a step, and in the branches of those. */
function dropBranches(turn: Turn, step: string): void {
  const dropped = turn.state.tokens.filter(({ fork }) => fork?.step === step);
  if (dropped.length === 0) return;
  skip(turn, dropped, 'the branches have joined');
  turn.state = { ...turn.state, tokens: turn.state.tokens.filter((token) => !dropped.includes(token)) };
  for (const { position } of dropped) if (position.kind === 'in') dropBranches(turn, position.step);
}

function skip(turn: Turn, tokens: readonly Token[], reason: string): void {
  for (const { position } of tokens) {
    const place = position.kind === 'in' ? turn.graph.places.get(position.step) : undefined;
    if (!place || position.kind !== 'in') continue;
    const { visit, startedAt } = position;
    const over = { startedAt, endedAt: turn.state.clock, dueAt: null };
    noteStep(turn, place, visit, { status: 'skipped', ...over, detail: { reason } });
  }
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
