import type { ExitNode } from '../../../contracts/journey.ts';
import type { Move } from '../moves.ts';

/** Ends the run with the node's reason. */
export function beginExit(node: ExitNode): Move {
  return { kind: 'exit', reason: node.reason };
}
