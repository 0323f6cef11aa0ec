import type { GoToNode } from '../../../contracts/journey.ts';
import type { Move } from '../moves.ts';

/** Goes on at the target; the next visit of it begins. */
export function beginGoTo(node: GoToNode): Move {
  return { kind: 'leave', target: node.target, detail: { target: node.target } };
}
