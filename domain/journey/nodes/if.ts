import type { IfNode } from '../../../contracts/journey.ts';
import { holds } from '../../conditions/holds.ts';
import type { Move, Scope } from '../moves.ts';

/** Branches at once, on the facts of this turn. */
export function beginIf(node: IfNode, scope: Scope): Move {
  const result = holds(node.when, scope.facts);
  return { kind: 'leave', branch: result ? 'yes' : 'no', detail: { result }, output: { result } };
}
