import { failed, unexpected, type Move } from '../moves.ts';
import type { Settlement } from '../state.ts';

/** What a node does whose one action has settled: it leaves with the action's output, and fails where that failed for good. */
export function settleAction(settled: Settlement): Move {
  if (settled.kind === 'performed') return { kind: 'leave', output: settled.output };
  return settled.kind === 'failed' ? failed(settled) : unexpected(settled);
}
