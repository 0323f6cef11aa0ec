import type { WaitForNode } from '../../../contracts/journey.ts';
import { unexpected, type Move, type Scope } from '../moves.ts';
import type { Settlement } from '../state.ts';
import { later, plus } from '../time.ts';
import { keyOf } from '../triggers.ts';

/** Listens for the event; one that came since the entry counts, unless an earlier visit has used it up. */
export function beginWaitFor(node: WaitForNode, scope: Scope): Move {
  const { entry, waits } = scope.state;
  const since = node.since === 'step' ? scope.at : entry.receivedAt;
  const previous = waits[node.id]?.endedAt;
  return {
    kind: 'open',
    opened: {
      kind: 'event',
      eventName: node.on.event,
      key: keyOf(node.on, scope.facts),
      from: previous === undefined ? since : later(since, previous),
      dueAt: node.timeout === undefined ? null : plus(scope.at, node.timeout, scope.zone),
    },
  };
}

/** Output: `{ arrived, event?, key?, properties?, occurredAt? }`. */
export function settleWaitFor(settled: Settlement): Move {
  switch (settled.kind) {
    case 'event': {
      const { name, key, properties, occurredAt } = settled;
      return {
        kind: 'leave',
        branch: 'onEvent',
        detail: { event: name, key, occurredAt },
        output: { arrived: true, event: name, key, properties, occurredAt },
      };
    }
    case 'due':
      return { kind: 'leave', branch: 'onTimeout', detail: { timedOut: true }, output: { arrived: false } };
    case 'performed':
    case 'failed':
    case 'gate':
      return unexpected(settled);
  }
}
