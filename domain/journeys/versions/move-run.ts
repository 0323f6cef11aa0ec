import type { WaitSpec } from '../../../contracts/core/machine.ts';
import type { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import { diffJourneys } from '../diff.ts';
import { graphOf } from '../graph.ts';
import { kindOf } from '../nodes/node-kinds.ts';
import type { JourneyState, Token } from '../state.ts';
import { waitsOf } from '../summarise.ts';
import { beginTurn, openVisit, scopeOf, type JourneyInput } from '../turn.ts';

/** Why a run stays in its version: it has been in a step that is another one in the other version, or stands in one that is not there. */
export type WhyItStays = 'passed' | 'gone';

/**
 * What a move comes to. A run that moves has its state by the other version; `listening` is what it listened to before, which stored events have
 * been compared with.
 */
export type Moved =
  | { kind: 'moves'; state: JourneyState; listening: readonly WaitSpec[] }
  | { kind: 'stays'; why: WhyItStays; step: string };

/** The steps of a version that another one has otherwise, or not at all; a title and what follows a step make no other step of it. */
export function changedSteps(
  before: JourneyDefinition,
  after: JourneyDefinition,
): { changed: string[]; gone: string[] } {
  const { changed, removed } = diffJourneys(before, after);
  const isOther = ({ path }: { path: string }): boolean => !/^(title|next|leadsTo)(\.|$)/.test(path);
  return {
    changed: changed.filter(({ fields }) => fields.some(isOther)).map(({ id }) => id),
    gone: removed.map(({ id }) => id),
  };
}

/**
 * Takes a live run that has not come to a changed step to another version of its journey, between two turns. A timer or a wait in which it stands
 * may have changed: it is planned again from when it began. Pure.
 */
export function moveRun(
  before: JourneyDefinition,
  after: JourneyDefinition,
  state: JourneyState,
  input: JourneyInput,
): Moved {
  const { changed, gone } = changedSteps(before, after);
  const here = new Set(state.tokens.map(({ position }) => position.step));
  const isWaiting = (token: Token): boolean => {
    const kind = openVisit(token)?.opened.kind;
    return kind === 'time' || kind === 'event';
  };
  const waiting = new Set(state.tokens.filter(isWaiting).map(({ position }) => position.step));
  const missing = gone.find((step) => here.has(step));
  if (missing !== undefined) return { kind: 'stays', why: 'gone', step: missing };
  const passed = [...changed, ...gone].find((step) => (state.visits[step] ?? 0) > 0 && !waiting.has(step));
  if (passed !== undefined) return { kind: 'stays', why: 'passed', step: passed };
  const other = [...waiting].find((step) => step !== null && kindIn(before, step) !== kindIn(after, step));
  if (other) return { kind: 'stays', why: 'passed', step: other };
  const turn = beginTurn(after, state, input);
  const tokens = state.tokens.map((token) => planned(token, new Set(changed), turn));
  return { kind: 'moves', state: { ...state, tokens }, listening: waitsOf(beginTurn(before, state, input)) };
}

function kindIn(definition: JourneyDefinition, step: string): string | undefined {
  return graphOf(definition).places.get(step)?.node.kind;
}

/** What the step asks for in the other version, as if it had asked for that when it began. */
function planned(token: Token, changed: ReadonlySet<string>, turn: ReturnType<typeof beginTurn>): Token {
  const open = openVisit(token);
  const node = open && changed.has(open.step) && turn.graph.places.get(open.step)?.node;
  if (!open || !node) return token;
  const result = kindOf(node).begin(node, { ...scopeOf(turn, open.memory), at: open.startedAt });
  if (result.kind !== 'open' || result.opened.kind !== open.opened.kind) return token;
  return { ...token, position: { ...open, opened: result.opened } };
}
