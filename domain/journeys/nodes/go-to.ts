import type { GoToNode } from '../../../contracts/journeys/nodes.schema.ts';
import { defineKind } from './node-kind.ts';

/** Goes on at the target; the next visit of it begins. */
export const goTo = defineKind<GoToNode>({
  begin: (node) => ({ kind: 'leave', target: node.target, detail: { target: node.target } }),
  defaultId: (node) => `go-to-${node.target}`,
  ways: (node) => ({ kind: 'jump', target: node.target }),
  draw: (node) => ({ detail: node.target }),
  words: (node, _, titleAt) => `back to “${titleAt(node.target)}”`,
});
