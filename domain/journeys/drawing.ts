import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import type { EventTrigger, JourneyNode } from '../../contracts/journeys/nodes.schema.ts';
import { membershipEvents, segmentOf } from '../../contracts/segments/membership-events.ts';
import { graphOf, type Place } from './graph.ts';
import { kindOf } from './nodes/node-kinds.ts';
import { titleOf } from './nodes/node-title.ts';

/** The ids of the drawing's own boxes; no node of a journey has a `$` in its id. */
export const ENTRY = '$entry';
export const END = '$end';

/** A box of a drawn journey: its kind, its title, and one line about it; `isMail` where people get a mail by it. */
export type DrawnNode = {
  id: string;
  kind: JourneyNode['kind'] | 'entry' | 'end';
  title: string;
  detail: string;
  isMail?: boolean;
};

/** A way from one box to another; `branch` is the name of the branch (`yes`, `onTimeout`, an outcome), null where there is one way only. */
export type DrawnEdge = { from: string; to: string; label: string | null; branch: string | null };

/** A journey as it is drawn: boxes in the order of its steps, and the ways between them. A `goTo` is a way and has no box. */
export type Drawing = { nodes: DrawnNode[]; edges: DrawnEdge[] };

/** Draws a definition, valid or not: a way that leads nowhere ends the journey. */
export function drawJourney(definition: JourneyDefinition): Drawing {
  const { first, places } = graphOf(definition);
  const all = [...places.values()];
  const resolve = (id: string | null, seen = 0): string => {
    const node = id === null ? undefined : places.get(id)?.node;
    if (!node) return END;
    const ways = kindOf(node).ways(node);
    if (ways.kind !== 'jump') return node.id;
    // A circle of such steps is refused before a journey is published; a draft may hold one.
    return seen < all.length ? resolve(ways.target, seen + 1) : END;
  };
  const edges: DrawnEdge[] = [
    { from: ENTRY, to: resolve(first), label: null, branch: null },
    ...all.flatMap((place) => edgesOf(place, resolve)),
  ];
  const nodes: DrawnNode[] = [
    {
      id: ENTRY,
      kind: 'entry',
      title: definition.entry.map(entryWords).join(', '),
      detail: 'Event that lets people in',
    },
    ...all.filter(({ node }) => kindOf(node).ways(node).kind !== 'jump').map(({ node }) => drawn(node)),
  ];
  if (edges.some(({ to }) => to === END)) nodes.push({ id: END, kind: 'end', title: 'End', detail: 'All steps done' });
  return { nodes, edges };
}

/** The name of an event, or what happens in a segment. */
function entryWords(trigger: EventTrigger): string {
  const segment = segmentOf(trigger);
  if (segment === null) return trigger.event;
  return `${trigger.event === membershipEvents.entered ? 'Enters' : 'Leaves'} segment ${segment}`;
}

function edgesOf({ node, next, branches }: Place, resolve: (id: string | null) => string): DrawnEdge[] {
  const kind = kindOf(node);
  const ways = kind.ways(node);
  const on: DrawnEdge = { from: node.id, to: resolve(next), label: null, branch: null };
  switch (ways.kind) {
    case 'jump':
    case 'nowhere':
      return [];
    case 'next':
      return [on];
    case 'branches':
    case 'fork': {
      const labels = kind.draw(node).branches;
      const inside = branches.map(({ name, first }) => ({
        from: node.id,
        to: resolve(first),
        label: labels?.[name] ?? name,
        branch: name,
      }));
      return ways.kind === 'branches' && ways.next ? [on, ...inside] : inside;
    }
  }
}

function drawn(node: JourneyNode): DrawnNode {
  const kind = kindOf(node);
  const box = { id: node.id, kind: node.kind, title: titleOf(node), detail: kind.draw(node).detail };
  return kind.mail(node) === null ? box : { ...box, isMail: true };
}
