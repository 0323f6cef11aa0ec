import type { UpdateContactNode } from '../../../contracts/journey.ts';
import { evaluateAll } from '../../conditions/values.ts';
import { failed, unexpected, type Move, type Scope } from '../moves.ts';
import type { Settlement } from '../state.ts';

/** Sets attributes. `params`: `{ set }`; a null removes the attribute. */
export function beginUpdateContact(node: UpdateContactNode, scope: Scope): Move {
  const params = { set: evaluateAll(node.set, scope.facts) };
  return { kind: 'open', opened: { kind: 'perform', activity: 'updateContact', params } };
}

/** Goes on when the attributes are set. */
export function settleUpdateContact(settled: Settlement): Move {
  if (settled.kind === 'performed') return { kind: 'leave', output: settled.output };
  return settled.kind === 'failed' ? failed(settled) : unexpected(settled);
}
