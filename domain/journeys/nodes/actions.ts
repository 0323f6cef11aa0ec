import { ACTION_DONE } from '../../../contracts/core/recorded-names.ts';
import { failed, unexpected, type NodeResult } from '../node-result.ts';
import type { StepResult } from '../state.ts';

/** What a node does whose one action has settled: it leaves with the action's output, and fails where that failed for good. */
export function settleAction(result: StepResult): NodeResult {
  if (result.kind === ACTION_DONE) return { kind: 'leave', output: result.output };
  return result.kind === 'failed' ? failed(result) : unexpected(result);
}
