import type { ExitNode } from '../../../contracts/journeys/nodes.schema.ts';
import { defineKind } from './node-kind.ts';

/** Ends the run with the node's reason. */
export const exit = defineKind<ExitNode>({
  begin: (node) => ({ kind: 'exit', reason: node.reason }),
  defaultId: (node) => `exit-${slugOf(node.reason)}`,
  ways: () => ({ kind: 'nowhere' }),
  draw: (node) => ({ detail: node.reason }),
  words: (node) => `the journey ends: ${node.reason}`,
});

/** Ids are at most 64 characters; the prefix and a count need some of them. */
function slugOf(words: string): string {
  const slug = words.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return slug.slice(0, 50).replaceAll(/^-+|-+$/g, '') || 'run';
}
