import type { ActingBase } from '../../../contracts/journeys/nodes.schema.ts';
import { ACTION_DONE } from '../../../contracts/core/recorded-names.ts';
import { failed, unexpected, type NodeResult } from '../node-result.ts';
import type { StepResult } from '../state.ts';
import { defineKind, ON_ERROR, type NodeKind } from './node-kind.ts';

/** What a node does whose one action has settled: it leaves with the action's output, and fails where that failed for good. */
export function settleAction(result: StepResult): NodeResult {
  if (result.kind === ACTION_DONE) return { kind: 'leave', output: result.output };
  return result.kind === 'failed' ? failed(result) : unexpected(result);
}

/** Makes the record of a kind that acts outside: a node of it may have a branch for its failure. */
export function defineActing<N extends ActingBase>(kind: Parameters<typeof defineKind<N>>[0]): NodeKind<N> {
  return defineKind<N>({
    ...kind,
    acts: true,
    branches: ({ onError }) => (onError ? [{ name: ON_ERROR, path: ON_ERROR, steps: onError }] : []),
    withBranches: (node, map) => (node.onError ? { ...node, onError: map(node.onError) } : node),
    ways: ({ onError }) => (onError ? { kind: 'branches', names: [ON_ERROR], next: true } : { kind: 'next' }),
    draw: (node) => ({ ...kind.draw(node), ...(node.onError ? { branches: { [ON_ERROR]: 'If it fails' } } : {}) }),
  });
}
