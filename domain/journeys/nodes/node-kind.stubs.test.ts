import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ValueExpression } from '../../../contracts/journeys/conditions.schema.ts';
import type { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import type { EventTrigger, IsoDuration, JourneyNode, NodeBase } from '../../../contracts/journeys/nodes.schema.ts';
import type { Advanced, JsonObject, MailboxItem } from '../../../contracts/core/machine.ts';
import { ACTION_DONE, ACTION_OPENED } from '../../../contracts/core/recorded-names.ts';
import '../../../test/support/properties.ts';
import { evaluate, toText, type Facts } from '../../conditions/values.ts';
import { plus } from '../../time/time.ts';
import { advance } from '../advance.ts';
import { validateDefinition } from '../checks/validate.ts';
import { drawJourney } from '../drawing.ts';
import { unexpected, type Scope } from '../node-result.ts';
import { startJourney, storedState, upgradeState, type JourneyState, type Opened, type StoredState } from '../state.ts';
import { isMeant, keyOf } from '../triggers.ts';
import { settleAction } from './actions.ts';
import { defineKind, type NodeKind } from './node-kind.ts';
import { nodeKinds } from './node-kinds.ts';

/* Kinds that no journey has yet, written against the record that it must be possible to write them with. */

type ParallelNode = NodeBase & {
  kind: 'parallel';
  until: 'all' | 'any';
  lanes: readonly { name: string; steps: readonly AnyNode[] }[];
};
type WaitForAllNode = NodeBase & { kind: 'waitForAll'; on: readonly EventTrigger[]; timeout?: IsoDuration };
type UntilDateNode = NodeBase & { kind: 'untilDate'; date: ValueExpression };
type DigestNode = NodeBase & { kind: 'digest'; on: EventTrigger; for: IsoDuration };
type SubJourneyNode = NodeBase & { kind: 'subJourney'; journey: string };
type StubNode = ParallelNode | WaitForAllNode | UntilDateNode | DigestNode | SubJourneyNode;
type AnyNode = JourneyNode | StubNode;

/** Runs its branches beside each other; goes on when all of them, or any, came to an end. */
const parallel = defineKind<ParallelNode>({
  begin: ({ lanes }) => ({ kind: 'open', opened: { kind: 'branches', names: lanes.map(({ name }) => name) } }),
  settle(node, result, { memory }) {
    if (result.kind !== 'joined') return unexpected(result);
    if (node.until === 'all' && result.left > 0) return { kind: 'stay', memory };
    return { kind: 'leave', output: node.until === 'any' ? { first: result.branch } : {} };
  },
  branches: ({ lanes }) =>
    lanes.map(({ name, steps }, index) => {
      return { name, path: `lanes.${index}.steps`, steps: steps as readonly JourneyNode[] };
    }),
  withBranches: (node, map) => ({
    ...node,
    lanes: node.lanes.map((lane) => ({ ...lane, steps: map(lane.steps as readonly JourneyNode[]) })),
  }),
  ways: () => ({ kind: 'fork' }),
  draw: ({ lanes }) => ({ detail: `${lanes.length} beside each other` }),
});

/** Waits until each of several events has come, in any order. */
const waitForAll = defineKind<WaitForAllNode>({
  begin(node, { facts, at, zone }) {
    const [first, ...more] = node.on.map((on) => ({ eventName: on.event, key: keyOf(on, facts), from: at }));
    if (!first) return { kind: 'leave' };
    const dueAt = node.timeout === undefined ? null : plus(at, node.timeout, zone);
    return { kind: 'open', opened: { kind: 'event', ...first, more, dueAt }, memory: { arrived: [] } };
  },
  receive(node, event, { facts, opened, memory }) {
    const keys = [opened, ...(opened.more ?? [])].map(({ key }) => key);
    const before = memory['arrived'] as number[];
    const index = node.on.findIndex((on, one) => !before.includes(one) && isMeant(event, on, keys[one] ?? null, facts));
    if (index === -1) return null;
    const arrived = [...before, index];
    return arrived.length < node.on.length ? { kind: 'stay', memory: { arrived } } : { ...event, kind: 'event' };
  },
  settle: (_, result) => ({ kind: 'leave', output: { arrived: result.kind === 'event' } }),
  waits: true,
  draw: ({ on }) => ({ detail: on.map(({ event }) => event).join(' and ') }),
});

/** Waits until an instant that the facts name, also when they name another one meanwhile. */
const untilDate = defineKind<UntilDateNode>({
  begin: (node, { facts }) => ({ kind: 'open', opened: { kind: 'time', dueAt: dateOf(node, facts) } }),
  replan(node, { opened }, { facts }) {
    const dueAt = dateOf(node, facts);
    return opened.kind === 'time' && opened.dueAt !== dueAt ? { kind: 'open', opened: { kind: 'time', dueAt } } : null;
  },
  settle: (_, result) => (result.kind === 'due' ? { kind: 'leave' } : unexpected(result)),
  waits: true,
  draw: () => ({ detail: 'Until a date' }),
});
const dateOf = (node: UntilDateNode, facts: Facts): string => toText(evaluate(node.date, facts));

/** Collects events for a time, and leaves with all of them. */
const digest = defineKind<DigestNode>({
  begin(node, { facts, at, zone }) {
    const dueAt = plus(at, node.for, zone);
    const opened = { kind: 'event' as const, eventName: node.on.event, key: keyOf(node.on, facts), from: at, dueAt };
    return { kind: 'open', opened, memory: { events: {} } };
  },
  receive(node, event, { facts, opened, memory }) {
    if (event.id === null || !isMeant(event, node.on, opened.key, facts)) return null;
    return { kind: 'stay', memory: { events: { ...(memory['events'] as JsonObject), [event.id]: event.properties } } };
  },
  settle: (_, __, { memory }) => ({
    kind: 'leave',
    output: { events: Object.values(memory['events'] as Record<string, JsonObject>) },
  }),
  waits: true,
  output: () => ({}),
  draw: ({ on }) => ({ detail: `Collects ${on.event}` }),
});

/** Calls another journey: an action starts it, and its end is an event whose key is its run. */
const subJourney = defineKind<SubJourneyNode>({
  begin: ({ journey }) => {
    // The record of this action comes with the kind.
    const opened = { kind: ACTION_OPENED, activity: 'startJourney', params: { journey } };
    return { kind: 'open', opened: opened as unknown as Opened };
  },
  settle(_, result, scope: Scope) {
    if (result.kind === 'event') return { kind: 'leave', output: result.properties };
    if (result.kind !== ACTION_DONE) return settleAction(result);
    const key = toText(result.output['runId'] ?? null);
    return { kind: 'open', opened: { kind: 'event', eventName: 'journey.ended', key, from: scope.at, dueAt: null } };
  },
  receive: (_, event, { opened, facts }) =>
    isMeant(event, { event: 'journey.ended' }, opened.key, facts) ? { ...event, kind: 'event' } : null,
  waits: true,
  output: () => ({}),
  draw: ({ journey }) => ({ detail: journey }),
});

const stubs: { [K in StubNode['kind']]: NodeKind<Extract<StubNode, { kind: K }>> } = {
  parallel,
  waitForAll,
  untilDate,
  digest,
  subJourney,
};
beforeAll(() => void Object.assign(nodeKinds, stubs));
afterAll(() => {
  for (const kind of Object.keys(stubs)) Reflect.deleteProperty(nodeKinds, kind);
});

const START = '2026-03-02T09:00:00.000Z';
const at = (time: string): string => `2026-03-${time}:00.000Z`;

function journey(...steps: AnyNode[]): JourneyDefinition {
  const entry = [{ event: 'signed.up' }];
  const exitWhen = [{ event: 'closed' }];
  const base = { engineVersion: 1, slug: 'any', name: 'Any', reentry: 'once' } as const;
  return { ...base, entry, exitWhen, steps: steps as JourneyNode[] };
}

const email = (id: string): JourneyNode => ({
  id,
  kind: 'email',
  content: { kind: 'inline', subject: { kind: 'literal', value: 'Hello' }, markdown: 'Hi' },
});
const delay = (id: string, duration: string): JourneyNode => ({ id, kind: 'delay', for: duration });
const goTo = (target: string): JourneyNode => ({ id: `to-${target}`, kind: 'goTo', target });
const both = (until: 'all' | 'any', a: AnyNode[], b: AnyNode[]): ParallelNode => {
  const lanes = [
    { name: 'a', steps: a },
    { name: 'b', steps: b },
  ];
  return { id: 'both', kind: 'parallel', until, lanes };
};

type Contact = JsonObject;

/** Drives a run as the engine does: each state is stored as JSON and read again. */
function start(definition: JourneyDefinition) {
  const entry = { eventId: 'e-0', event: 'signed.up', key: null, properties: {}, receivedAt: START };
  let state: JourneyState = startJourney(entry);
  let seq = 0;
  const turn = (now: string, items: Partial<MailboxItem>[] = [], contact: Contact = {}): Advanced<JourneyState> => {
    const mailbox = items.map((item) => ({ seq: (seq += 1), kind: 'event', ref: null, payload: {}, at: now, ...item }));
    const result = advance(definition, state, { now, contact, mailbox, workspaceZone: 'UTC' });
    state = upgradeState(JSON.parse(JSON.stringify(storedState(result.state))) as StoredState);
    expect(state).toEqual(result.state);
    return result;
  };
  return turn;
}
const done = (ref: string, payload: JsonObject = {}): Partial<MailboxItem> => ({ kind: ACTION_DONE, ref, payload });
const event = (name: string, ref: string, payload: JsonObject = {}): Partial<MailboxItem> => ({
  ref,
  payload: { name, key: null, properties: {}, purpose: 'wait', ...payload },
});
const ids = ({ actions }: Advanced<JourneyState>): string[] => actions.map(({ id }) => id);
const linesOf = ({ steps }: Advanced<JourneyState>): string[] => steps.map(({ step, status }) => `${step} ${status}`);

describe('a step that runs branches beside each other', () => {
  it('has everything of all of them open, and goes on when the last has come to its end', () => {
    const turn = start(journey(both('all', [email('a1'), email('a2')], [delay('b1', 'P1D'), email('b2')]), email('c')));
    const first = turn(START);
    expect(first).toMatchObject({ status: 'running', currentStep: 'both', dueAt: at('03T09:00') });
    expect(first.branchSteps).toEqual(['a1', 'b1']);
    expect(ids(first)).toEqual(['a1/1']);
    expect(linesOf(first)).toEqual(['both running', 'a1 running', 'b1 waiting']);
    expect(ids(turn(at('02T10:00'), [done('a1/1')]))).toEqual(['a2/1']);
    expect(ids(turn(at('03T09:00')))).toEqual(['a2/1', 'b2/1']);
    expect(turn(at('03T09:01'), [done('a2/1')])).toMatchObject({ actions: [{ id: 'b2/1' }], currentStep: 'both' });
    const joined = turn(at('03T09:02'), [done('b2/1')]);
    expect(ids(joined)).toEqual(['c/1']);
    expect(joined.branchSteps).toBeUndefined();
    expect(linesOf(joined)).toEqual(['b2 done', 'both done', 'c running']);
    expect(storedState(joined.state)).toMatchObject({ engineVersion: 1, position: { step: 'c' } });
    expect(turn(at('03T09:03'), [done('c/1')]).status).toBe('completed');
  });

  it('stores what code of before could not read in another shape', () => {
    const first = start(journey(both('all', [email('a1')], [email('b1')])))(START);
    expect(storedState(first.state)).toMatchObject({
      engineVersion: 2,
      tokens: [
        { fork: null, position: { step: 'both' } },
        { fork: { step: 'both', branch: 'a' }, position: { step: 'a1' } },
        { fork: { step: 'both', branch: 'b' }, position: { step: 'b1' } },
      ],
    });
  });

  it('drops the others where the first is enough, also what was begun inside of them', () => {
    const inner: ParallelNode = { ...both('all', [email('i1')], [delay('i2', 'P1D')]), id: 'inner' };
    const turn = start(journey(both('any', [email('a1')], [inner]), email('c')));
    expect(ids(turn(START))).toEqual(['a1/1', 'i1/1']);
    const joined = turn(at('02T10:00'), [done('a1/1')]);
    expect(ids(joined)).toEqual(['c/1']);
    expect(joined).toMatchObject({ dueAt: null, state: { outputs: { both: { first: 'a' } } } });
    expect(linesOf(joined)).toEqual(['a1 done', 'both done', 'inner skipped', 'i1 skipped', 'i2 skipped', 'c running']);
    expect(ids(turn(at('02T11:00'), [done('i1/1')]))).toEqual(['c/1']);
  });

  it('holds all branches in a pause, and takes what comes meanwhile to its own', () => {
    const turn = start(journey(both('all', [email('a1')], [email('b1')])));
    turn(START);
    expect(ids(turn(at('02T10:00'), [{ kind: 'pause' }, done('b1/1'), done('a1/1')]))).toEqual([]);
    expect(turn(at('02T11:00'), [{ kind: 'resume' }]).status).toBe('completed');
  });

  it('ends with the run, whichever branch ends it', () => {
    const left = start(journey(both('all', [email('a1')], [delay('b1', 'P1D')])));
    left(START);
    expect(linesOf(left(at('02T10:00'), [event('closed', 'e-1', { purpose: 'exit' })]))).toEqual([
      'both skipped',
      'a1 skipped',
      'b1 skipped',
    ]);
    const failing = start(journey(both('all', [email('a1')], [delay('b1', 'P1D')])));
    failing(START);
    const failed = { kind: 'failed', ref: 'a1/1', payload: { type: 'x', message: 'refused' } };
    expect(failing(at('02T10:00'), [failed])).toMatchObject({ status: 'failed', actions: [], dueAt: null });
  });

  it('may be gone through again, by a loop outside and by loops inside', () => {
    const loop = [delay('a1', 'PT1H'), email('a2'), goTo('a1')];
    const turn = start(journey(both('any', loop, [delay('b1', 'PT90M')]), delay('night', 'PT8H'), goTo('both')));
    expect(turn(START).dueAt).toBe(at('02T10:00'));
    expect(ids(turn(at('02T10:00')))).toEqual(['a2/1']);
    expect(turn(at('02T10:10'), [done('a2/1')]).dueAt).toBe(at('02T10:30'));
    expect(turn(at('02T10:30'))).toMatchObject({ currentStep: 'night', dueAt: at('02T18:30') });
    expect(turn(at('02T18:30')).state.visits).toEqual({
      both: 2,
      a1: 3,
      a2: 1,
      b1: 2,
      night: 1,
      'to-a1': 1,
      'to-both': 1,
    });
  });

  it('comes to the same outputs and visits in whatever order its branches get on', () => {
    const model = (id: string): JourneyNode => {
      const prompt = { kind: 'stored', prompt: 'p@1' } as const;
      return { id, kind: 'llm', prompt, input: {}, output: { type: 'object' }, budgetMicros: 1 };
    };
    const definition = journey(
      both('all', [model('a1'), model('a2')], [{ ...both('all', [model('b1')], [model('b2')]), id: 'inner' }]),
      model('c'),
    );
    const answers = ['a1', 'a2', 'b1', 'b2'].map((id) => done(`${id}/1`, { text: id }));
    const orders = fc.shuffledSubarray(answers, { minLength: 4 }).filter((order) => {
      return order.findIndex(({ ref }) => ref === 'a1/1') < order.findIndex(({ ref }) => ref === 'a2/1');
    });
    fc.assert(
      fc.property(orders, fc.boolean(), (order, isAtOnce) => {
        const turn = start(definition);
        turn(START);
        if (!isAtOnce) for (const answer of order) turn(at('02T10:00'), [answer]);
        const { state, actions } = turn(at('02T10:00'), isAtOnce ? order : []);
        const text = (id: string) => ({ [id]: { text: id } });
        expect(state.outputs).toEqual({
          ...text('a1'),
          ...text('a2'),
          ...text('b1'),
          ...text('b2'),
          inner: {},
          both: {},
        });
        expect(Object.values(state.visits)).toEqual([1, 1, 1, 1, 1, 1, 1]);
        expect(actions).toMatchObject([{ id: 'c/1' }]);
      }),
    );
  });

  it('is entered and left through itself alone: a way into a branch, or out of one, is refused', () => {
    const problems = (...steps: AnyNode[]) =>
      validateDefinition(journey(...steps)).map(({ code, node }) => `${code} ${node}`);
    const a = delay('a1', 'PT1H');
    const b = delay('b1', 'PT1H');
    expect(problems(delay('x', 'P1D'), both('all', [a, goTo('x')], [b]))).toEqual(['goTo.otherBranch to-x']);
    expect(problems(both('all', [a, goTo('b1')], [b]))).toEqual(['goTo.otherBranch to-b1']);
    expect(problems(both('all', [a], [b]), goTo('a1'))).toEqual(['goTo.otherBranch to-a1']);
    expect(problems(both('any', [a, goTo('a1')], [b]), delay('x', 'P1D'), goTo('both'))).toEqual([]);
  });

  it('is drawn with a way into each branch', () => {
    const { edges } = drawJourney(journey(both('all', [email('a1')], [email('b1')]), email('c')));
    expect(edges.filter(({ from }) => from === 'both').map(({ to }) => to)).toEqual(['a1', 'b1']);
  });
});

describe('a visit with a state of its own', () => {
  it('collects events until its time is up, also while the run is paused', () => {
    const on = { event: 'viewed' };
    const turn = start(journey({ id: 'views', kind: 'digest', on, for: 'P1D' }, email('c')));
    const viewed = (page: string) => event('viewed', `v-${page}`, { properties: { page } });
    expect(turn(START).waits).toMatchObject([{ step: 'views', eventName: 'viewed' }, { step: '$exit' }]);
    turn(at('02T10:00'), [viewed('a'), viewed('a')]);
    const paused = turn(at('02T11:00'), [{ kind: 'pause' }, viewed('b'), viewed('c')]);
    expect(storedState(paused.state).engineVersion).toBe(2);
    expect(turn(at('02T12:00'), [{ kind: 'resume' }])).toMatchObject({ dueAt: at('03T09:00'), steps: [] });
    const over = turn(at('03T10:00'), [viewed('d')]);
    expect(over.state.outputs['views']).toEqual({ events: [{ page: 'a' }, { page: 'b' }, { page: 'c' }] });
    expect(ids(over)).toEqual(['c/1']);
  });

  it('waits for several events at once, of one name too, and each counts once', () => {
    const signed = (by: string): EventTrigger => ({ event: 'signed', key: { kind: 'literal', value: by } });
    const on = [signed('ana'), signed('ben'), { event: 'paid' }];
    const turn = start(journey({ id: 'all', kind: 'waitForAll', on, timeout: 'P2D' }, email('c')));
    const waits = turn(START).waits.filter(({ purpose }) => purpose === 'wait');
    expect(waits.map(({ eventName, key }) => [eventName, key])).toEqual([
      ['signed', 'ana'],
      ['signed', 'ben'],
      ['paid', null],
    ]);
    expect(ids(turn(at('02T10:00'), [event('paid', 'p'), event('signed', 's-1', { key: 'ben' })]))).toEqual([]);
    expect(ids(turn(at('02T11:00'), [event('signed', 's-2', { key: 'ben' })]))).toEqual([]);
    expect(ids(turn(at('02T12:00'), [event('signed', 's-3', { key: 'ana' })]))).toEqual(['c/1']);
  });
});

describe('a step that plans anew', () => {
  it('waits for the instant that the facts of the turn name', () => {
    const date = { kind: 'contact', path: ['renewal'] } as const;
    const turn = start(journey({ id: 'renewal', kind: 'untilDate', date }, email('c')));
    expect(turn(START, [], { renewal: at('05T09:00') }).dueAt).toBe(at('05T09:00'));
    expect(turn(at('05T09:00'), [], { renewal: at('06T09:00') })).toMatchObject({
      dueAt: at('06T09:00'),
      steps: [{ step: 'renewal', status: 'waiting', dueAt: at('06T09:00') }],
    });
    expect(turn(at('05T10:00'), [], { renewal: at('06T09:00') })).toMatchObject({ steps: [] });
    expect(ids(turn(at('05T11:00'), [], { renewal: at('05T08:00') }))).toEqual(['c/1']);
  });
});

describe('a step that calls another journey', () => {
  it('starts it, waits for the end of that very run, and leaves with what it brought', () => {
    const turn = start(journey({ id: 'call', kind: 'subJourney', journey: 'onboarding' }, email('c')));
    expect(turn(START).actions).toMatchObject([{ id: 'call/1', params: { journey: 'onboarding' } }]);
    const started = turn(at('02T10:00'), [done('call/1', { runId: 'r-1' })]);
    expect(started.waits).toMatchObject([{ eventName: 'journey.ended', key: 'r-1' }, { step: '$exit' }]);
    expect(ids(turn(at('02T11:00'), [event('journey.ended', 'x', { key: 'r-2' })]))).toEqual([]);
    const ended = event('journey.ended', 'y', { key: 'r-1', properties: { outcome: 'completed' } });
    expect(turn(at('02T12:00'), [ended])).toMatchObject({
      actions: [{ id: 'c/1' }],
      state: { outputs: { call: { outcome: 'completed' } } },
    });
  });
});
