import { Graph, layout } from '@dagrejs/dagre';
import type { DrawnNode, Drawing } from '../../../../../domain/journeys/drawing.ts';

/** A place in the drawing, in px from its top left. */
export type Point = { x: number; y: number };

/** Where a box stands, in px. */
export type Box = Point & { width: number; height: number };

/** The way of a line around the boxes, and the middle of its label. */
export type Line = { points: Point[]; label: Point };

/** Where all of a drawing stands: its boxes by their ids, its lines in the order of its edges. */
export type Places = { boxes: ReadonlyMap<string, Box>; lines: readonly Line[] };

// Boxes have a size of their own, so that the drawing does not move when numbers change.
const width = 236;
const height = 82;
/** The way in and the end have no numbers. */
const lowHeight = 54;
/** A letter of a label, and the number after it, in px at most. */
const [letterWidth, numberWidth] = [7, 48];

/** Places a drawing top-down, in layers; the same drawing always gives the same places. */
export function placesOf({ nodes, edges }: Drawing): Places {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', nodesep: 56, ranksep: 54, marginx: 16, marginy: 16 });
  for (const { id, kind } of nodes) graph.setNode(id, { width, height: heightOf(kind) });
  const names = edges.map(({ from, to, label }, index) => {
    const name = { v: from, w: to, name: String(index) };
    const space = (label?.length ?? 0) * letterWidth + numberWidth;
    graph.setEdge(name, { width: space, height: 16, labelpos: 'c' });
    return name;
  });
  layout(graph);
  return {
    boxes: new Map(
      nodes.map(({ id, kind }) => {
        const { x = 0, y = 0 } = graph.node(id);
        const own = heightOf(kind);
        return [id, { x: x - width / 2, y: y - own / 2, width, height: own }];
      }),
    ),
    lines: names.map((name) => {
      const { points = [], x = 0, y = 0 } = graph.edge(name);
      return { points, label: { x, y } };
    }),
  };
}

function heightOf(kind: DrawnNode['kind']): number {
  return kind === 'entry' || kind === 'end' ? lowHeight : height;
}

/** How far boxes and lines reach; the top is 0. */
export function extentOf({ boxes, lines }: Places): { left: number; right: number; bottom: number } {
  const all = [...boxes.values()];
  const across = lines.flatMap(({ points }) => points.map(({ x }) => x));
  return {
    left: Math.min(...all.map(({ x }) => x), ...across),
    right: Math.max(...all.map((box) => box.x + box.width), ...across),
    bottom: Math.max(...all.map((box) => box.y + box.height)),
  };
}
