import type { GateSpec, JsonObject } from '../../contracts/core/machine.ts';

/**
 * The gate of an action that failed for good: a person has it tried again, or has settled it elsewhere. It has no deadline.
 */
export function stuckGate(at: { step: string; visit: number }, title: string, content: JsonObject): GateSpec {
  return {
    ...at,
    title,
    outcomes: [
      { name: 'retry', label: 'Try again', comment: 'optional' },
      { name: 'settled', label: 'Settled elsewhere', comment: 'required' },
    ],
    assignee: { kind: 'role', id: 'operator' },
    content,
    dueAt: null,
    onTimeout: null,
  };
}
