import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import type { JourneyNode } from '../../contracts/journeys/nodes.schema.ts';
import { graphOf } from './graph.ts';
import { kindOf } from './nodes/node-kinds.ts';
import { titleOf } from './nodes/node-title.ts';

/** One field that differs; `before` or `after` is undefined where only the other has it. `path` is dotted. */
export type FieldChange = { path: string; before: unknown; after: unknown };

/** What is different between two definitions: nodes by their id, and the journey's own settings. */
export type JourneyDiff = {
  settings: FieldChange[];
  added: { id: string; title: string }[];
  removed: { id: string; title: string }[];
  changed: { id: string; title: string; fields: FieldChange[] }[];
};

/** Compares two definitions. A node that only moved is shown by its `next` and branches, as ids. */
export function diffJourneys(before: JourneyDefinition, after: JourneyDefinition): JourneyDiff {
  const old = flat(before);
  const now = flat(after);
  const named = (of: Map<string, Flat>, other: Map<string, Flat>) =>
    [...of.values()].filter(({ id }) => !other.has(id)).map(({ id, title }) => ({ id, title }));
  const changed = [...now.values()].flatMap((node) => {
    const earlier = old.get(node.id);
    const fields = earlier ? compare('', earlier.own, node.own) : [];
    return fields.length > 0 ? [{ id: node.id, title: node.title, fields }] : [];
  });
  const { steps: _before, ...settingsBefore } = before;
  const { steps: _after, ...settingsAfter } = after;
  return {
    settings: compare('', settingsBefore, settingsAfter),
    added: named(now, old),
    removed: named(old, now),
    changed,
  };
}

/** Whether nothing is different. */
export function isSameJourney({ settings, added, removed, changed }: JourneyDiff): boolean {
  return settings.length + added.length + removed.length + changed.length === 0;
}

type Flat = { id: string; title: string; own: Record<string, unknown> };

/** Each node with its own fields; in place of nested steps stands where each branch begins. */
function flat(definition: JourneyDefinition): Map<string, Flat> {
  const { places } = graphOf(definition);
  return new Map(
    [...places].map(([id, { node, next, branches }]) => {
      const leadsTo = Object.fromEntries(branches.map(({ name, first }) => [name, first]));
      return [
        id,
        { id, title: titleOf(node), own: { ...withoutSteps(node), next, ...(branches.length > 0 ? { leadsTo } : {}) } },
      ];
    }),
  );
}

/** The node without the lists of steps inside it. */
function withoutSteps(node: JourneyNode): Record<string, unknown> {
  const paths = kindOf(node)
    .branches(node)
    .map(({ path }) => path.split('.'));
  return paths.reduce((own: Record<string, unknown>, path) => without(own, path), { ...node });
}

/** A copy of a record or list without what lies at a path; a list keeps its length. */
function without<T extends object>(value: T, [name = '', ...rest]: string[]): T {
  const inner = (value as Record<string, unknown>)[name];
  const left = rest.length > 0 && typeof inner === 'object' && inner !== null ? without(inner, rest) : undefined;
  return Array.isArray(value)
    ? (value.map((entry: unknown, index) => (String(index) === name ? left : entry)) as unknown as T)
    : { ...value, [name]: left };
}

function compare(path: string, before: unknown, after: unknown): FieldChange[] {
  if (isRecord(before) && isRecord(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) => compare(path === '' ? name : `${path}.${name}`, before[name], after[name]));
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
