import type { JourneyNode } from '../../../contracts/journeys/nodes.schema.ts';

/** A node's title for people: its own, else its id as words. */
export function titleOf(node: JourneyNode): string {
  if (node.title !== undefined) return node.title;
  const words = node.id.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
