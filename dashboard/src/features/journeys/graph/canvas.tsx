import { useLingui } from '@lingui/react/macro';
import { Background, BackgroundVariant, Controls, MarkerType, ReactFlow } from '@xyflow/react';
import '@xyflow/react/dist/style.css';
import { useMemo } from 'react';
import type { JourneyStats } from '../../../../../contracts/journeys/journeys-api.schema.ts';
import type { Drawing } from '../../../../../domain/journeys/drawing.ts';
import './canvas.css';
import classes from '../journeys.module.css';
import { Aim } from './aim.tsx';
import { Card, type CardNode, placeOf, Way, type WayEdge } from './canvas-parts.tsx';
import { placesOf } from './layout.ts';

const nodeTypes = { card: Card };
const edgeTypes = { way: Way };

/** The journey as a graph with the numbers of now. Boxes are placed by themselves; a click, or Enter, opens a step. */
export function Canvas(props: {
  drawing: Drawing;
  stats: JourneyStats | undefined;
  openStep: string | undefined;
  onOpen: (step: string) => void;
}) {
  const { drawing, stats, openStep, onOpen } = props;
  const { t, i18n } = useLingui();
  const places = useMemo(() => placesOf(drawing), [drawing]);
  const nodes: CardNode[] = drawing.nodes.map((node) => ({
    id: node.id,
    type: 'card',
    ...placeOf(places.boxes.get(node.id)),
    data: {
      node,
      stats: stats?.steps.find(({ step }) => step === node.id),
      isOpen: node.id === openStep,
      hasWayIn: drawing.edges.some(({ to }) => to === node.id),
      hasWayOut: drawing.edges.some(({ from }) => from === node.id),
    },
    ariaLabel: node.title,
    draggable: false,
    connectable: false,
  }));
  const countOf = ({ from, to }: Drawing['edges'][number]): number | null => {
    const same = drawing.edges.filter((edge) => edge.from === from && edge.to === to);
    const start = from.startsWith('$') ? null : from;
    const found = stats?.edges.find((edge) => edge.from === start && edge.to === to);
    // Two lines between the same boxes cannot be distinguished by where people went.
    return same.length === 1 && found ? found.count : null;
  };
  const most = Math.max(1, ...(stats?.edges.map(({ count }) => count) ?? []));
  const edges: WayEdge[] = drawing.edges.map((edge, index) => {
    const count = countOf(edge);
    const words = [edge.label, count === null ? null : i18n.number(count)].filter((part) => part !== null).join(' · ');
    return {
      id: String(index),
      source: edge.from,
      target: edge.to,
      type: 'way',
      data: places.lines[index] ?? { points: [], label: { x: 0, y: 0 } },
      ...(words === '' ? {} : { label: words }),
      style: { strokeWidth: 1.4 + ((count ?? 0) / most) * 5, stroke: 'var(--line-strong)' },
      markerEnd: {
        type: MarkerType.ArrowClosed,
        color: 'var(--control)',
        width: 14,
        height: 14,
        markerUnits: 'userSpaceOnUse',
      },
      focusable: false,
    };
  });
  return (
    <div className={classes.canvas}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onNodeClick={(_, { id }) => onOpen(id)}
        onKeyDown={({ key, target }) => {
          const id = target instanceof Element && target.matches('.react-flow__node') && target.getAttribute('data-id');
          if (id && key === 'Enter') onOpen(id);
        }}
        // Its licence (MIT) asks for no mark; the notice stays with the package.
        proOptions={{ hideAttribution: true }}
        minZoom={0.2}
        maxZoom={1.5}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        deleteKeyCode={null}
        aria-label={t`The journey as a graph`}
        ariaLabelConfig={{
          'node.a11yDescription.default': t`Press Enter to open the step.`,
          'controls.zoomIn.ariaLabel': t`Zoom in`,
          'controls.zoomOut.ariaLabel': t`Zoom out`,
          'controls.fitView.ariaLabel': t`Show all of it`,
        }}
      >
        <Aim places={places} />
        <Background variant={BackgroundVariant.Dots} gap={20} size={1} color="var(--line)" />
        <Controls showInteractive={false} position="bottom-left" />
      </ReactFlow>
    </div>
  );
}
