import type { EventTrigger, JourneyDefinition, JourneyNode } from '../../contracts/journey.ts';
import { graphOf, titleOf, type Place } from './graph.ts';

/** The ids of the drawing's own boxes; no node of a journey has a `$` in its id. */
export const ENTRY = '$entry';
export const END = '$end';

/** A box of a drawn journey: its kind, its title, and one line about it. */
export type DrawnNode = { id: string; kind: JourneyNode['kind'] | 'entry' | 'end'; title: string; detail: string };

/** A way from one box to another; `branch` is the name of the branch (`yes`, `onTimeout`, an outcome), null where there is one way only. */
export type DrawnEdge = { from: string; to: string; label: string | null; branch: string | null };

/** A journey as it is drawn: boxes in the order of its steps, and the ways between them. A `goTo` is a way and has no box. */
export type Drawing = { nodes: DrawnNode[]; edges: DrawnEdge[] };

/** Draws a definition, valid or not: a way that leads nowhere ends the journey. */
export function drawJourney(definition: JourneyDefinition): Drawing {
  const { first, places } = graphOf(definition);
  const all = [...places.values()];
  const isDrawn = (id: string): boolean => places.has(id) && places.get(id)?.node.kind !== 'goTo';
  const resolve = (id: string | null, seen = 0): string => {
    if (id === null) return END;
    const node = places.get(id)?.node;
    if (!node) return END;
    // A ring of goTo steps is refused before a journey is published; a draft may hold one.
    return node.kind === 'goTo' && seen < all.length ? resolve(node.target, seen + 1) : isDrawn(id) ? id : END;
  };
  const edges: DrawnEdge[] = [
    { from: ENTRY, to: resolve(first), label: null, branch: null },
    ...all.flatMap((place) => edgesOf(place, resolve)),
  ];
  const nodes: DrawnNode[] = [
    {
      id: ENTRY,
      kind: 'entry',
      title: definition.entry.map(({ event }) => event).join(', '),
      detail: 'Event that lets people in',
    },
    ...all.filter(({ node }) => node.kind !== 'goTo').map(({ node }) => drawn(node)),
  ];
  if (edges.some(({ to }) => to === END)) nodes.push({ id: END, kind: 'end', title: 'End', detail: 'All steps done' });
  return { nodes, edges };
}

function edgesOf({ node, next, branches }: Place, resolve: (id: string | null) => string): DrawnEdge[] {
  if (node.kind === 'goTo' || node.kind === 'exit') return [];
  if (branches.length === 0) return [{ from: node.id, to: resolve(next), label: null, branch: null }];
  return branches.map(({ name, first }) => ({
    from: node.id,
    to: resolve(first),
    label: labelOf(node, name),
    branch: name,
  }));
}

function labelOf(node: JourneyNode, branch: string): string {
  if (node.kind === 'approval') {
    const outcome = node.outcomes.find(({ name }) => name === branch);
    return outcome?.label ?? branch;
  }
  const labels: Record<string, string> = { yes: 'Yes', no: 'No', onEvent: 'It came', onTimeout: 'Time was up' };
  return labels[branch] ?? branch;
}

function drawn(node: JourneyNode): DrawnNode {
  return { id: node.id, kind: node.kind, title: titleOf(node), detail: detailOf(node) };
}

function detailOf(node: JourneyNode): string {
  switch (node.kind) {
    case 'email':
      return node.content.kind === 'template' ? `Mail from ${node.content.template}` : 'Mail written here';
    case 'delay':
      return [node.for && durationWords(node.for), node.at && `until ${node.at} their time`]
        .filter(Boolean)
        .join(', then ');
    case 'waitFor':
      return `${eventWords(node.on)}${node.timeout ? `, up to ${durationWords(node.timeout)}` : ''}`;
    case 'if':
      return 'As things are at that moment';
    case 'llm':
      return `${node.model ?? 'Model'}, at most $${(node.budgetMicros / 1_000_000).toFixed(4)}`;
    case 'approval':
      return `${node.assign.kind === 'role' ? `A person with the role ${node.assign.id}` : 'One person'}${node.due ? `, within ${durationWords(node.due)}` : ''}`;
    case 'updateContact':
      return `Sets ${Object.keys(node.set).join(', ')}`;
    case 'crm':
      return `Tells the CRM ${Object.keys(node.set).join(', ')}`;
    case 'exit':
      return node.reason;
    case 'goTo':
      return node.target;
  }
}

function eventWords({ event }: EventTrigger): string {
  return `Event “${event}”`;
}

/** `P5D` → `5 d`, `PT1H30M` → `1 h 30 min`. What is no duration is shown as it is. */
export function durationWords(iso: string): string {
  const parts = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(
    iso,
  );
  if (!parts) return iso;
  const units = ['y', 'mo', 'wk', 'd', 'h', 'min', 's'];
  const words = units.flatMap((unit, index) => (parts[index + 1] === undefined ? [] : [`${parts[index + 1]} ${unit}`]));
  return words.length > 0 ? words.join(' ') : iso;
}
