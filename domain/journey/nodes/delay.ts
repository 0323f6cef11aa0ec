import type { DelayNode } from '../../../contracts/journey.ts';
import { unexpected, type Move, type Scope } from '../moves.ts';
import type { Settlement } from '../state.ts';
import { justBefore, nextLocalTime, plus } from '../time.ts';

/** Waits for `for`, then for the local time. */
export function beginDelay(node: DelayNode, scope: Scope): Move {
  return { kind: 'open', opened: { kind: 'time', dueAt: dueOf(node, scope) } };
}

/** Without `for` it is the *next* such time: a daily loop that begins again on the dot waits for tomorrow. */
function dueOf(node: DelayNode, { at, zone }: Scope): string {
  const after = node.for === undefined ? at : plus(at, node.for, zone);
  if (node.at === undefined) return after;
  return nextLocalTime(node.for === undefined ? at : justBefore(after), node.at, node.weekdays ?? [], zone);
}

/** Goes on when the time has come. */
export function settleDelay(settled: Settlement): Move {
  return settled.kind === 'due' ? { kind: 'leave' } : unexpected(settled);
}
