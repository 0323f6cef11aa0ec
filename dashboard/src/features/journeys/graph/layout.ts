import { Graph, layout } from '@dagrejs/dagre';
import type { Drawing } from '../../../../../domain/journeys/drawing.ts';

/** Every box has this size, so that the drawing does not move when numbers change. */
export const boxWidth = 236;
const boxHeight = 82;

/** Where each box stands: top-down, in layers; the same drawing always gives the same places. */
export function placesOf({ nodes, edges }: Drawing): Map<string, { x: number; y: number }> {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', nodesep: 56, ranksep: 54, marginx: 16, marginy: 16 });
  for (const { id } of nodes) graph.setNode(id, { width: boxWidth, height: boxHeight });
  for (const [index, { from, to }] of edges.entries())
    graph.setEdge({ v: from, w: to, name: String(index) }, { width: 60, height: 14, labelpos: 'c' });
  layout(graph);
  return new Map(
    nodes.map(({ id }) => {
      const { x = 0, y = 0 } = graph.node(id);
      return [id, { x: x - boxWidth / 2, y: y - boxHeight / 2 }];
    }),
  );
}

/** How far the boxes reach; the top is 0. */
export function extentOf(places: ReadonlyMap<string, { x: number; y: number }>): {
  left: number;
  right: number;
  bottom: number;
} {
  const all = [...places.values()];
  return {
    left: Math.min(...all.map(({ x }) => x)),
    right: Math.max(...all.map(({ x }) => x)) + boxWidth,
    bottom: Math.max(...all.map(({ y }) => y)) + boxHeight,
  };
}
