import type { DelayNode } from '../../../contracts/journey.ts';
import { unexpected, type Move, type Scope } from '../moves.ts';
import type { Settlement } from '../state.ts';
import { nextLocalTime, plus } from '../time.ts';

/** Waits for `for`, then for the local time. */
export function beginDelay(node: DelayNode, scope: Scope): Move {
  const after = node.for === undefined ? scope.at : plus(scope.at, node.for, scope.zone);
  const dueAt = node.at === undefined ? after : nextLocalTime(after, node.at, node.weekdays ?? [], scope.zone);
  return { kind: 'open', opened: { kind: 'time', dueAt } };
}

/** Goes on when the time has come. */
export function settleDelay(settled: Settlement): Move {
  return settled.kind === 'due' ? { kind: 'leave' } : unexpected(settled);
}
