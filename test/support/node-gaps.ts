import { isDeepStrictEqual } from 'node:util';
import { ACTION_DONE } from '../../contracts/core/recorded-names.ts';
import type { JourneyNode } from '../../contracts/journeys/nodes.schema.ts';
import { unexpected, type NodeResult, type Scope } from '../../domain/journeys/node-result.ts';
import type { NodeKind, Ways } from '../../domain/journeys/nodes/node-kind.ts';
import { startJourney, type Opened, type StepResult } from '../../domain/journeys/state.ts';

const at = '2026-03-02T09:00:00.000Z';
const state = startJourney({ eventId: 'e-0', event: 'e', key: null, properties: {}, receivedAt: at });
const facts = { contact: { a: 'here' }, entry: { key: null, properties: {} }, outputs: {} };
const scope: Scope = {
  definition: {
    engineVersion: 1,
    slug: 'any',
    name: 'Any',
    entry: [{ event: 'e' }],
    exitWhen: [],
    reentry: 'once',
    steps: [],
  },
  state,
  facts,
  memory: {},
  at,
  now: at,
  zone: 'UTC',
  workspaceZone: 'UTC',
};

/** The parts of a record that say for everything else what is in a node. */
export const askedParts = [
  ...(['branches', 'uses', 'durations', 'references', 'models'] as const),
  ...(['settle', 'receive', 'waits', 'assignee', 'scripted', 'output'] as const),
] satisfies (keyof NodeKind<JourneyNode>)[];

/**
 * The parts that a record leaves out although the sample has something for them: then nothing would look at it, and nobody would notice. In
 * a sample a value is an attribute of the contact, a reference ends in `@1`, a model begins with `model-`.
 */
export function gapsOf(kind: NodeKind<JourneyNode>, sample: JourneyNode): string[] {
  const held = [...fieldsOf(sample, '')];
  const missing = (holds: (value: unknown) => boolean, named: readonly string[]) =>
    held.some(([path, value]) => holds(value) && !named.some((name) => path === name || path.startsWith(`${name}.`)));
  const paths = (entries: readonly { path?: string; field?: string }[]) =>
    entries.map(({ path, field }) => path ?? field ?? '');
  const began = kind.begin(sample, scope);
  const opened = began.kind === 'open' ? began.opened : null;
  const settled = opened
    ? resultsOf(opened).map((result) => ({ result, next: kind.settle(sample, result, scope) }))
    : [];
  const results = [began, ...settled.map(({ next }) => next)];
  const gaps: Record<(typeof askedParts)[number] | 'ways', boolean> = {
    branches: missing(isSteps, paths(kind.branches(sample))),
    uses: missing(isValue, paths(kind.uses(sample))),
    durations: missing(isText(/^P(?=.)(\d+[YMWD])*(T(\d+[HMS])+)?$/), kind.durations(sample).map(first)),
    references: missing(isText(/@1$/), paths(kind.references(sample))),
    models: missing(isText(/^model-/), kind.models(sample).map(first)),
    settle: settled.some(({ result, next }) => isDeepStrictEqual(next, unexpected(result))),
    receive: opened?.kind === 'event' && received(kind, sample, opened) === null,
    waits: opened !== null && ['time', 'event', 'gate'].includes(opened.kind) && !kind.waits,
    assignee: opened?.kind === 'gate' && !isDeepStrictEqual(kind.assignee(sample), opened.assignee),
    scripted: (opened?.kind === 'gate' || opened?.kind === 'event') && kind.scripted(sample) === null,
    output: results.some(hasOutput) && kind.output(sample) === null,
    ways: results.some((result) => !isAmong(kind.ways(sample), result)),
  };
  return ([...askedParts, 'ways'] as const).filter((part) => gaps[part]);
}

/** What a step may receive for what it has asked for. */
function resultsOf(opened: Opened): StepResult[] {
  switch (opened.kind) {
    case 'time':
      return [{ kind: 'due' }];
    case 'event': {
      const event = { id: 'e-1', name: opened.eventName, key: opened.key, properties: {}, occurredAt: at };
      return [{ kind: 'event', ...event }, ...(opened.dueAt === null ? [] : [{ kind: 'due' as const }])];
    }
    case 'gate': {
      const outcome = opened.outcomes[0]?.name ?? '';
      return [{ kind: 'gate', outcome, comment: null, form: null, round: 1 }];
    }
    case 'branches':
      return [{ kind: 'joined', branch: opened.names[0] ?? '', left: 0 }];
    default:
      return [
        { kind: ACTION_DONE, output: {} },
        { kind: 'failed', type: 'test', message: 'it failed' },
      ];
  }
}

function received(kind: NodeKind<JourneyNode>, node: JourneyNode, opened: Extract<Opened, { kind: 'event' }>) {
  const { eventName: name, key } = opened;
  const event = {
    id: 'e-1',
    name,
    key,
    properties: {},
    occurredAt: at,
    receivedAt: at,
    purpose: 'wait',
    step: null,
    visit: null,
  };
  return kind.receive(node, event, { state, facts, opened, memory: {} });
}

function hasOutput(result: NodeResult): boolean {
  return result.kind === 'leave' && result.output !== undefined;
}

/** Whether the way that a result takes is one of those that the record says. */
function isAmong(ways: Ways, result: NodeResult): boolean {
  if (result.kind === 'exit') return ways.kind === 'nowhere';
  if (result.kind !== 'leave') return true;
  if (result.target !== undefined) return ways.kind === 'jump' && ways.target === result.target;
  if (result.branch !== undefined) return ways.kind === 'branches' && ways.names.includes(result.branch);
  return ways.kind === 'next' || ways.kind === 'fork' || (ways.kind === 'branches' && ways.next === true);
}

/** All that is in a node, by dotted path; not what is in the steps inside it. */
function* fieldsOf(value: unknown, path: string): Generator<[path: string, value: unknown]> {
  yield [path, value];
  if (typeof value !== 'object' || value === null || isSteps(value)) return;
  for (const [name, inner] of Object.entries(value)) yield* fieldsOf(inner, path === '' ? name : `${path}.${name}`);
}

function isSteps(value: unknown): boolean {
  const isStep = (item: unknown) => typeof item === 'object' && item !== null && 'id' in item && 'kind' in item;
  return Array.isArray(value) && value.length > 0 && value.every(isStep);
}

function isValue(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'contact';
}

const isText = (words: RegExp) => (value: unknown) => typeof value === 'string' && words.test(value);
const first = ([name]: readonly [string, unknown]): string => name;
