import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import type { JsonObject, StepChange, WaitSpec } from '../../contracts/core/machine.ts';
import { ACTION_OPENED } from '../../contracts/core/recorded-names.ts';
import type { Facts } from '../conditions/values.ts';
import type { TurnInput } from '../machine/advanced.ts';
import { noteLine, type Lines } from '../machine/lines.ts';
import { graphOf, type JourneyGraph, type Place } from './graph.ts';
import type { Scope } from './node-result.ts';
import { titleOf } from './nodes/node-title.ts';
import type { JourneyState, Opened, OpenVisit, Position, StepResult, Token } from './state.ts';
import { later, plus, zoneOf } from '../time/time.ts';
import { enteredAt } from './triggers.ts';

/**
 * What a turn is made of. `contact` holds the contact's attributes with `externalId` and, where known, `timeZone` (IANA). `listening` is what
 * stored events have been compared with, where the run has just come from another version.
 */
export type JourneyInput = TurnInput & { contact: JsonObject; workspaceZone: string; listening?: readonly WaitSpec[] };

/** A turn being made: the one mutable object of the interpreter, created and dropped inside `advance`. */
export type Turn = {
  readonly definition: JourneyDefinition;
  readonly graph: JourneyGraph;
  readonly input: JourneyInput;
  /** The turn's time; never before what the run has lived through. */
  readonly now: string;
  state: JourneyState;
  readonly lines: Lines;
  /** Steps begun or resolved in this turn. */
  stepCount: number;
  /** Timers fired since the run was last up to date. */
  timers: number;
};

/** Begins a turn. */
export function beginTurn(definition: JourneyDefinition, state: JourneyState, input: JourneyInput): Turn {
  return {
    definition,
    graph: graphOf(definition),
    input,
    now: later(input.now, state.clock),
    state: state.isPaused ? { pausedAt: state.clock, ...state } : state,
    lines: new Map(),
    stepCount: 0,
    timers: state.lateTimers ?? 0,
  };
}

/** The facts of this turn. */
export function factsOf(turn: Turn): Facts {
  const { entry, outputs } = turn.state;
  return {
    contact: turn.input.contact,
    entry: { key: entry.key, properties: entry.properties },
    outputs,
    now: turn.now,
  };
}

/** What a node may look at now; `memory` is what its visit keeps. */
export function scopeOf(turn: Turn, memory: JsonObject = {}): Scope {
  const { definition, state, input, now } = turn;
  const zone = zoneOf([input.contact['timeZone'], definition.zone, input.workspaceZone]);
  const { workspaceZone } = input;
  return { definition, state, facts: factsOf(turn), memory, at: state.clock, now, zone, workspaceZone };
}

/** Until when a goal counts: what occurs later does not. */
export function goalDeadline(turn: Turn, goal: NonNullable<JourneyDefinition['goal']>): string {
  return plus(enteredAt(turn.state.entry), goal.within, scopeOf(turn).zone);
}

/** The visit in which a token waits for something; null while it can move. */
export function openVisit({ position }: Token): OpenVisit | null {
  return position.kind === 'in' && position.settled === null ? position : null;
}

/** Puts a token elsewhere, with the tokens of its new branches behind it. */
export function moveToken(turn: Turn, token: Token, position: Position, branches: readonly Token[] = []): void {
  const tokens = turn.state.tokens.flatMap((one) => (one === token ? [{ ...token, position }, ...branches] : [one]));
  turn.state = { ...turn.state, tokens };
}

/**
 * Notes what an open visit received. The first message counts, also while the run is paused; `advanceStep` goes on from
 * there.
 */
export function resolveStep(turn: Turn, token: Token, result: StepResult): void {
  const visit = openVisit(token);
  if (visit) moveToken(turn, token, { ...visit, settled: result });
}

/** Notes the line of a visit of a node. */
export function noteStep(
  turn: Turn,
  { node }: Place,
  visit: number,
  change: Omit<StepChange, 'step' | 'visit' | 'kind' | 'title'>,
): void {
  noteLine(turn.lines, { step: node.id, visit, kind: node.kind, title: titleOf(node), ...change });
}

/** How the timeline shows a step that has asked for something. */
export function lineOf(opened: Opened): Pick<StepChange, 'status' | 'waitingFor' | 'dueAt'> {
  switch (opened.kind) {
    case ACTION_OPENED:
      return { status: 'running', dueAt: null };
    case 'branches':
      return { status: 'running', dueAt: null };
    case 'time':
      return { status: 'waiting', waitingFor: 'time', dueAt: opened.dueAt };
    case 'event':
      return { status: 'waiting', waitingFor: 'event', dueAt: opened.dueAt };
    case 'gate':
      return { status: 'waiting', waitingFor: 'person', dueAt: opened.dueAt };
  }
}
