import type { FailingBase } from '../../../contracts/journeys/nodes.schema.ts';
import { ACTION_DONE } from '../../../contracts/core/recorded-names.ts';
import { failed, unexpected, type NodeResult } from '../node-result.ts';
import type { StepResult } from '../state.ts';
import { defineKind, ON_ERROR, type NodeKind } from './node-kind.ts';

/** What a node does whose one action has settled: it leaves with the action's output, and fails where that failed for good. */
export function settleAction(result: StepResult): NodeResult {
  if (result.kind === ACTION_DONE) return { kind: 'leave', output: result.output };
  return result.kind === 'failed' ? failed(result) : unexpected(result);
}

/** Makes the record of a kind that acts outside. */
export function defineActing<N extends FailingBase>(kind: Parameters<typeof defineKind<N>>[0]): NodeKind<N> {
  return defineFailing<N>({ ...kind, acts: true });
}

/** Makes the record of a kind that may fail: a node of it may have a branch for that, beside its own. */
export function defineFailing<N extends FailingBase>(kind: Parameters<typeof defineKind<N>>[0]): NodeKind<N> {
  const own = defineKind<N>(kind);
  return {
    ...own,
    mayFail: true,
    branches: (node) => [
      ...own.branches(node),
      ...(node.onError ? [{ name: ON_ERROR, path: ON_ERROR, steps: node.onError }] : []),
    ],
    withBranches(node, map) {
      const mapped = own.withBranches(node, map);
      return node.onError ? { ...mapped, onError: map(node.onError) } : mapped;
    },
    ways(node) {
      const ways = own.ways(node);
      if (!node.onError) return ways;
      if (ways.kind === 'branches') return { ...ways, names: [...ways.names, ON_ERROR] };
      return { kind: 'branches', names: [ON_ERROR], next: true };
    },
    draw(node) {
      const drawn = own.draw(node);
      return node.onError ? { ...drawn, branches: { ...drawn.branches, [ON_ERROR]: 'If it fails' } } : drawn;
    },
  };
}
