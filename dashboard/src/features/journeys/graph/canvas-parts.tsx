import { BaseEdge, type Edge, type EdgeProps, Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import { curveMonotoneY, line } from 'd3-shape';
import type { JourneyStats } from '../../../../../contracts/journeys/journeys-api.schema.ts';
import type { DrawnNode } from '../../../../../domain/journeys/drawing.ts';
import type { Box, Line, Point } from './layout.ts';
import { NodeCard } from './node-card.tsx';

/** A step of a journey as React Flow knows it. */
export type CardNode = Node<
  {
    node: DrawnNode;
    stats: JourneyStats['steps'][number] | undefined;
    isOpen: boolean;
    hasWayIn: boolean;
    hasWayOut: boolean;
  },
  'card'
>;

/** A way between two steps as React Flow knows it. */
export type WayEdge = Edge<Line, 'way'>;

/** A box of a known size, with known ends of its lines, is drawn at once, and may be shown with all others: React Flow hides one that it has to measure first. */
export function placeOf(box: Box = { x: 0, y: 0, width: 0, height: 0 }) {
  const { x, y, width, height } = box;
  return {
    position: { x, y },
    width,
    height,
    measured: { width, height },
    handles: [
      { type: 'target' as const, position: Position.Top, x: width / 2, y: 0 },
      { type: 'source' as const, position: Position.Bottom, x: width / 2, y: height },
    ],
  };
}

const pathOf = line<Point>()
  .x(({ x }) => x)
  .y(({ y }) => y)
  .curve(curveMonotoneY);

/** A line on the way that the layout has found for it around the boxes, its label where the layout has kept room. */
export function Way({ data, label, style, markerEnd }: EdgeProps<WayEdge>) {
  if (!data) return null;
  return (
    <BaseEdge
      path={pathOf(data.points) ?? ''}
      label={label}
      labelX={data.label.x}
      labelY={data.label.y}
      {...(style && { style })}
      {...(markerEnd && { markerEnd })}
    />
  );
}

/** The box of a step, with the ends of its lines. */
export function Card({ data: { node, stats, isOpen, hasWayIn, hasWayOut } }: NodeProps<CardNode>) {
  return (
    <>
      {hasWayIn && <Handle type="target" position={Position.Top} />}
      <NodeCard node={node} stats={stats} isOpen={isOpen} />
      {hasWayOut && <Handle type="source" position={Position.Bottom} />}
    </>
  );
}
