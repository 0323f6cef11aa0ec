import type { CrmNode } from '../../../contracts/journey.ts';
import { evaluateAll } from '../../conditions/values.ts';
import { failed, unexpected, type Move, type Scope } from '../moves.ts';
import type { Settlement } from '../state.ts';

/** Updates the CRM. `params`: `{ upsert, set }`. */
export function beginCrm(node: CrmNode, scope: Scope): Move {
  const params = { upsert: node.upsert, set: evaluateAll(node.set, scope.facts) };
  return { kind: 'open', opened: { kind: 'perform', activity: 'upsertCrm', params } };
}

/** Goes on when the CRM has it. */
export function settleCrm(settled: Settlement): Move {
  if (settled.kind === 'performed') return { kind: 'leave', output: settled.output };
  return settled.kind === 'failed' ? failed(settled) : unexpected(settled);
}
