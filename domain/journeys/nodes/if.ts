import type { IfNode } from '../../../contracts/journeys/nodes.schema.ts';
import { holds } from '../../conditions/holds.ts';
import { referencesIn } from '../../conditions/references.ts';
import { defineKind, outputOf } from './node-kind.ts';

/** Branches at once, on the facts of this turn. Output: `{ result }`. */
export const condition = defineKind<IfNode>({
  begin(node, scope) {
    const result = holds(node.when, scope.facts);
    return { kind: 'leave', branch: result ? 'yes' : 'no', detail: { result }, output: { result } };
  },
  branches: (node) => [
    { name: 'yes', path: 'yes', steps: node.yes },
    { name: 'no', path: 'no', steps: node.no ?? [] },
  ],
  withBranches: (node, map) => ({ ...node, yes: map(node.yes), ...(node.no ? { no: map(node.no) } : {}) }),
  ways: () => ({ kind: 'branches', names: ['yes', 'no'] }),
  took: ({ result }) => (typeof result === 'boolean' ? (result ? 'yes' : 'no') : null),
  uses: (node) => referencesIn(node.when).map((reference) => ({ field: 'when', reference })),
  output: () => outputOf('result'),
  draw: () => ({ detail: 'As things are at that moment', branches: { yes: 'Yes', no: 'No' } }),
});
