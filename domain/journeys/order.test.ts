import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import type { JourneyNode } from '../../contracts/journeys/nodes.schema.ts';
import { SimulationScript } from '../../contracts/journeys/simulation.schema.ts';
import { unlimited } from '../../test/support/properties.ts';
import { playJourney, type Happened, type PlayedRun } from '../../test/support/journey-engine.ts';
import { isReached, plus } from '../time/time.ts';
import { advance } from './advance.ts';
import { isEntered } from './entry.ts';
import { simulateJourney } from './simulation/simulate.ts';
import type { JourneyEntry } from './state.ts';

const START = Date.parse('2026-03-02T09:00:00.000Z');
const at = (seconds: number): string => new Date(START + seconds * 1_000).toISOString();

const journey = (steps: readonly JourneyNode[], more: Partial<JourneyDefinition> = {}): JourneyDefinition => ({
  engineVersion: 1,
  slug: 'order',
  name: 'Order',
  entry: [{ event: 'entered' }],
  reentry: 'once',
  exitWhen: [],
  steps,
  ...more,
});
const entry: JourneyEntry = { eventId: 'e-0', event: 'entered', key: null, properties: {}, receivedAt: at(0) };
const email = (id: string): JourneyNode => ({
  id,
  kind: 'email',
  content: { kind: 'inline', subject: { kind: 'literal', value: 'Hello' }, markdown: 'Hi' },
});
const happened = (id: string, name: string, seconds: number): Happened => {
  return { id, name, key: null, receivedAt: at(seconds) };
};
const asked = (run: PlayedRun): string[] => run.last.actions.map(({ id }) => id);

describe('a stored event and a time-out that lies after it (journeys F2)', () => {
  const bought: JourneyNode = {
    id: 'bought',
    kind: 'waitFor',
    on: { event: 'bought' },
    timeout: 'PT4S',
    onEvent: [email('thanks')],
    onTimeout: [email('bestsellers')],
  };
  const late = journey([{ id: 'first', kind: 'delay', for: 'PT8S' }, bought]);

  it.each([
    ['before the wait', 1, 'thanks/1'],
    ['during the wait', 10, 'thanks/1'],
    ['after the time-out', 13, 'bestsellers/1'],
  ])('%s: as if nothing had been down', (_, seconds, mail) => {
    const run = playJourney(late, entry);
    run.work(at(0));
    run.store(happened('b-1', 'bought', seconds));
    run.work(at(30));
    expect(asked(run)).toEqual([mail]);
  });

  it('holds for the second of two waits, for one that counts from its own step, and where no turn was made before', () => {
    const seen: JourneyNode = { ...bought, id: 'seen', on: { event: 'seen' }, onEvent: [], onTimeout: [] };
    const since: JourneyNode = { ...bought, since: 'step' };
    const run = playJourney(journey([seen, since]), entry);
    run.store(happened('b-1', 'bought', 1));
    run.store(happened('b-2', 'bought', 6));
    run.work(at(30));
    expect(run.last.state.outputs['seen']).toEqual({ arrived: false });
    expect(asked(run)).toEqual(['thanks/1']);
  });

  it('exits by what came before the first turn, whatever would have fallen due since', () => {
    const run = playJourney({ ...late, exitWhen: [{ event: 'left' }] }, entry);
    run.store(happened('x', 'left', 1));
    run.work(at(30));
    expect(run.last.ended).toEqual({ outcome: 'exited', reason: 'event left' });
    expect(run.last.state.visits).toEqual({ first: 1 });
  });

  it('takes a message that comes later after it, however low its number', () => {
    const run = playJourney(late, entry);
    run.work(at(0));
    run.send({ kind: 'exit', payload: { reason: 'stopped' } }, at(20));
    run.store(happened('b-1', 'bought', 9));
    run.work(at(30));
    expect(run.last.state.outputs['bought']).toMatchObject({ arrived: true });
  });

  it('fails a loop that never waits instead of catching up without end', () => {
    const never: JourneyNode = { id: 'never', kind: 'waitFor', on: { event: 'seen' }, timeout: 'PT0S' };
    const run = playJourney(journey([never, { id: 'back', kind: 'goTo', target: 'never' }]), entry);
    expect(run.work(at(60)).ended).toEqual({ outcome: 'failed', reason: 'a loop without a wait' });
  });
});

describe('what occurred before and after the entry (journeys F6, mailchimp/mc-magento#403, duncanmcclean/statamic-cargo#190)', () => {
  const key = { kind: 'entryKey' } as const;
  const cart = journey([{ id: 'hour', kind: 'delay', for: 'PT1H' }, email('left-something')], {
    exitWhen: [{ event: 'order.placed', key }],
    goal: { when: { event: 'order.placed', key }, within: 'P1D' },
  });
  /** The cart of ten o'clock, which comes at a quarter past. */
  const late: JourneyEntry = { ...entry, key: 'k', occurredAt: at(0), receivedAt: at(900) };
  const order = (id: string, occurred: number, received: number): Happened => {
    return { ...happened(id, 'order.placed', received), key: 'k', occurredAt: at(occurred) };
  };

  it.each([
    ['received before it', order('o', 300, 600), 'exited'],
    ['received after it', order('o', 300, 1_200), 'exited'],
    ['that is older', order('o', -300, 1_200), 'waiting'],
    ['that is older and was received before it', order('o', -1, 600), 'waiting'],
    ['of the same second, received before it', order('o', 0, 600), 'waiting'],
    ['of the same second, received after it', order('o', 0, 1_200), 'exited'],
  ])('judges an order %s by when it occurred', (_, event, status) => {
    const run = playJourney(cart, late);
    const isBefore = Date.parse(event.receivedAt) < Date.parse(late.receivedAt);
    if (isBefore) run.store(event);
    run.work(at(900));
    if (!isBefore) run.store(event);
    run.work(at(1_200));
    expect(run.last.status).toBe(status);
    expect(run.last.state.goalReachedAt !== null).toBe(status === 'exited');
  });

  it('lets a step receive what came before the entry and occurred after it, once', () => {
    const paid: JourneyNode = { id: 'paid', kind: 'waitFor', on: { event: 'order.placed', key } };
    const run = playJourney(
      journey([paid, { ...paid, id: 'again' }, { id: 'back', kind: 'goTo', target: 'paid' }]),
      late,
    );
    run.store(order('o-1', 10, 20));
    run.store(order('o-0', -10, 30));
    run.work(at(900));
    expect(run.last.state.visits).toEqual({ paid: 2, again: 1, back: 1 });
  });

  it('counts a goal by when it occurred, also when that comes to light later', () => {
    const { exitWhen: _, ...open } = cart;
    const goalOf = (occurred: number): boolean => {
      const run = playJourney({ ...open, exitWhen: [], steps: [{ id: 'week', kind: 'delay', for: 'P7D' }] }, late);
      run.work(at(900));
      run.store(order('o', occurred, 90_000));
      return run.work(at(90_000)).state.goalReachedAt !== null;
    };
    expect([goalOf(86_399), goalOf(86_401)]).toEqual([true, false]);
  });

  it('lets an event that occurred before a time-out and came after it win over a timer that is late itself', () => {
    const paid: JourneyNode = { id: 'paid', kind: 'waitFor', on: { event: 'order.placed', key }, timeout: 'PT5M' };
    const run = playJourney(journey([paid]), late);
    run.work(at(900));
    run.store(order('o', 1_000, 2_000));
    expect(run.work(at(2_100)).state.outputs['paid']).toMatchObject({ arrived: true });
  });

  it.each([
    ['within three days', 'P2D', undefined, true],
    ['after three days', 'P4D', undefined, false],
    ['of 2019', 'P7Y', undefined, false],
    ['within the bound of the journey', 'P4D', 'P5D', true],
    ['after the bound of the journey', 'PT2H', 'PT1H', false],
  ])('lets in by an event that comes %s, or not (drt-hub/drt#1075)', (_, age, lateness, isIn) => {
    const definition = lateness === undefined ? cart : { ...cart, lateness };
    const event = {
      id: 'e',
      name: 'entered',
      key: null,
      properties: {},
      occurredAt: at(0),
      receivedAt: plus(at(0), age, 'UTC'),
    };
    expect(isEntered(definition, event, {})).toBe(isIn);
  });

  it('is judged alike in a simulation', () => {
    const events = [{ after: 'PT10M', late: 'PT2H', name: 'order.placed', key: 'k' }];
    const script = SimulationScript.parse({ entry: { key: 'k' }, events });
    const run = simulateJourney(
      { ...cart, steps: [{ id: 'days', kind: 'delay', for: 'P3D' }] },
      { at: at(0), contact: {}, workspaceZone: 'UTC', script },
    );
    expect(run).toMatchObject({ outcome: 'exited', endedAt: at(7_800) });
    const old = SimulationScript.parse({ events: [{ after: 'P1D', late: 'P5D', name: 'entered' }] });
    const again: JourneyDefinition = { ...cart, reentry: 'afterExit' };
    expect(simulateJourney(again, { at: at(0), contact: {}, workspaceZone: 'UTC', script: old }).entries).toEqual([
      '“entered” after 1 d lets nobody in: it comes more than 3 d after it occurred',
    ]);
  });
});

describe('an exit and an entry after it, in a simulation (journeys F8)', () => {
  const again = '“entered” after 10 s begins another run, which is not simulated';
  const out = '“entered” after 10 s begins no other run: the re-entry policy keeps the person out';
  it.each([
    ['at once', { after: 'PT10S', name: 'left' }, again],
    ['that overtakes its exit', { after: 'PT9S', late: 'PT20S', name: 'left' }, again],
    ['that is older than its exit', { after: 'PT11S', name: 'left' }, out],
  ])('are judged in the order in which they occurred: an entry %s', (_, exit, line) => {
    const steps: JourneyNode[] = [{ id: 'days', kind: 'delay', for: 'P3D' }];
    const definition = journey(steps, { reentry: 'afterExit', exitWhen: [{ event: 'left' }] });
    const script = SimulationScript.parse({ events: [exit, { after: 'PT10S', name: 'entered' }] });
    const run = simulateJourney(definition, { at: at(0), contact: {}, workspaceZone: 'UTC', script });
    expect([run.outcome, run.entries]).toEqual(['exited', [line]]);
  });
});

describe('a goal (journeys F9)', () => {
  const goal = { when: { event: 'bought' }, within: 'PT60S' };

  it('counts although the same event ends the run', () => {
    const run = playJourney(
      journey([{ id: 'day', kind: 'delay', for: 'P1D' }], { goal, exitWhen: [{ event: 'bought' }] }),
      entry,
    );
    run.work(at(0));
    run.store(happened('b', 'bought', 10));
    run.work(at(10));
    expect([run.last.status, run.last.state.goalReachedAt]).toEqual(['exited', at(10)]);
  });

  it('counts although another event has ended the run in the same turn', () => {
    const run = playJourney(
      journey([{ id: 'day', kind: 'delay', for: 'P1D' }], { goal, exitWhen: [{ event: 'left' }] }),
      entry,
    );
    run.work(at(0));
    run.store(happened('l', 'left', 10));
    run.store(happened('b', 'bought', 11));
    run.work(at(20));
    expect([run.last.status, run.last.state.goalReachedAt]).toEqual(['exited', at(11)]);
  });

  it('is waited for after the end, until nothing can tell of it any more', () => {
    const run = playJourney(journey([], { goal, lateness: 'PT1H' }), { ...entry, occurredAt: at(0) });
    run.work(at(1));
    expect(run.last).toMatchObject({ status: 'completed', waits: [{ purpose: 'goal', dueAt: at(3_660) }] });
    const reached = (occurredAt: string) => {
      const payload = { name: 'bought', properties: {}, purpose: 'goal', occurredAt, receivedAt: at(90) };
      const mailbox = [{ seq: 1, kind: 'event', ref: 'b', payload, at: at(90) }];
      return advance(journey([], { goal }), run.last.state, {
        now: at(90),
        contact: {},
        mailbox,
        workspaceZone: 'UTC',
      });
    };
    expect(reached(at(59)).steps).toMatchObject([{ step: '$goal', kind: 'goal', startedAt: at(90) }]);
    expect(reached(at(59)).ended).toEqual(run.last.ended);
    expect(reached(at(61)).steps).toEqual([]);
  });
});

describe('an exit and a goal whose key changes during the run (journeys F10)', () => {
  const week: JourneyNode = { id: 'week', kind: 'delay', for: 'P7D' };
  const booked: JourneyNode = { id: 'booked', kind: 'waitFor', on: { event: 'booked' } };
  const booking = { kind: 'output', step: 'booked', path: ['properties', 'booking'] } as const;
  const cancelled = { event: 'cancelled', key: booking };
  const byBooking = journey([booked, week], { exitWhen: [cancelled], goal: { when: cancelled, within: 'P1D' } });
  const b7 = { ...happened('b', 'booked', 10), properties: { booking: 'b-7' } };
  const cancel = (seconds: number, key: string): Happened => ({
    ...happened(`c-${seconds}`, 'cancelled', seconds),
    key,
  });

  it.each([
    ['after it', [20, 'b-7'], 'exited'],
    ['before it', [5, 'b-7'], 'exited'],
    ['of another', [20, 'b-8'], 'waiting'],
  ] as const)('follow an output: a cancellation %s', (_, [seconds, of], status) => {
    const run = playJourney(byBooking, entry);
    run.work(at(0));
    for (const event of [b7, cancel(seconds, of)].toSorted((a, b) => a.receivedAt.localeCompare(b.receivedAt))) {
      run.store(event);
      run.work(event.receivedAt);
    }
    run.work(at(30));
    expect([run.last.status, run.last.state.goalReachedAt !== null]).toEqual([status, status === 'exited']);
    const script = SimulationScript.parse({
      events: [
        { after: 'PT10S', name: 'booked', properties: b7.properties },
        { after: `PT${seconds}S`, name: 'cancelled', key: of },
      ],
    });
    const simulated = simulateJourney(byBooking, { at: at(0), contact: {}, workspaceZone: 'UTC', script });
    expect(simulated.outcome).toBe(status === 'exited' ? 'exited' : 'completed');
  });

  it('follow an attribute of the contact, which changes without a turn', () => {
    const key = { kind: 'contact', path: ['booking'] } as const;
    const contact: Record<string, string> = { booking: 'old' };
    const run = playJourney(journey([week], { exitWhen: [{ event: 'cancelled', key }] }), entry, contact);
    run.work(at(0));
    contact['booking'] = 'b-7';
    run.store(cancel(10, 'old'));
    expect(run.work(at(10)).status).toBe('waiting');
    run.store(cancel(20, 'b-7'));
    expect(run.work(at(20)).status).toBe('exited');
  });
});

describe('the timeline (journeys F12)', () => {
  it('has a goal where its event was received, not where the call that brought it began', () => {
    const definition = journey([{ id: 'day', kind: 'delay', for: 'P1D' }], {
      goal: { when: { event: 'bought' }, within: 'P1D' },
    });
    const run = playJourney(definition, entry);
    run.work(at(0));
    const payload = { name: 'bought', properties: {}, purpose: 'goal', occurredAt: at(9), receivedAt: at(10.2) };
    const mailbox = [{ seq: 1, kind: 'event', ref: 'b', payload, at: at(10) }];
    const input = { now: at(11), contact: {}, mailbox, workspaceZone: 'UTC' };
    expect(advance(definition, run.last.state, input).steps).toMatchObject([{ step: '$goal', startedAt: at(10.2) }]);
  });
});

describe('an entry without a key where there is one run for each (journeys F12)', () => {
  it('lets nobody in, and the simulator says so', () => {
    const definition = journey([], { reentry: 'perKey' });
    const event = { id: 'e', name: 'entered', key: null, properties: {}, occurredAt: at(0), receivedAt: at(0) };
    expect([isEntered(definition, event, {}), isEntered(definition, { ...event, key: 'k' }, {})]).toEqual([
      false,
      true,
    ]);
    const script = SimulationScript.parse({ entry: { key: 'k' }, events: [{ after: 'PT1S', name: 'entered' }] });
    expect(simulateJourney(definition, { at: at(0), contact: {}, workspaceZone: 'UTC', script }).entries).toEqual([
      '“entered” after 1 s lets nobody in: it has no key, and there is one run for each',
    ]);
  });
});

describe('a loop over an event (journeys F3, danielgerlag/workflow-core#59)', () => {
  const loop = (more: object = {}): JourneyDefinition =>
    journey([
      { id: 'first', kind: 'delay', for: 'PT6S' },
      { id: 'item', kind: 'waitFor', on: { event: 'item' }, timeout: 'PT4S', ...more },
      { id: 'back', kind: 'goTo', target: 'item' },
    ]);
  const received = ({ last: { state } }: PlayedRun): number => state.visits['back'] ?? 0;
  const items = (...seconds: number[]): Happened[] => seconds.map((each, n) => happened(`i-${n + 1}`, 'item', each));
  const out: JourneyNode[] = [{ id: 'out', kind: 'exit', reason: 'no more' }];

  it.each([
    ['that came before it', [1, 2, 3], 3],
    ['that come at once', [7, 7.001, 7.002], 3],
    ['that come while a step runs', [7, 9, 9.5, 12], 4],
  ])('receives each of those %s once', (_, seconds, count) => {
    const run = playJourney(loop({ onTimeout: out }), entry);
    run.work(at(0));
    for (const event of items(...seconds)) {
      run.work(event.receivedAt);
      run.store(event);
    }
    run.work(at(seconds[seconds.length - 1] ?? 0));
    run.work(at(10));
    run.work(at(40));
    expect([received(run), run.last.ended?.reason]).toEqual([count, 'no more']);
    const late = playJourney(loop({ onTimeout: out }), entry);
    for (const event of items(...seconds)) late.store(event);
    late.work(at(40));
    expect(received(late)).toBe(count);
  });

  it('receives none twice that a time-out lies between, and goes on with the state of code of before', () => {
    const run = playJourney(loop(), entry);
    run.work(at(0));
    run.store(happened('i-1', 'item', 1));
    run.work(at(6));
    run.work(at(10));
    run.work(at(14));
    expect(run.last.waits).toMatchObject([{ step: 'item', visit: 4, from: at(14) }]);
    const { state } = run.last;
    const waits = { item: { endedAt: at(10), eventId: 'i-1' } };
    const position = { kind: 'arriving' as const, step: 'item' };
    const before = { ...state, waits, tokens: [{ fork: null, position }] };
    const input = { now: at(15), contact: {}, mailbox: [], workspaceZone: 'UTC' };
    expect(advance(loop(), before, input).waits).toMatchObject([{ from: at(10) }]);
  });

  it('does so in a simulation', () => {
    const events = [1, 2, 3, 3].map((seconds) => ({ after: `PT${seconds}S`, name: 'item' }));
    const script = SimulationScript.parse({ events });
    const world = { at: at(0), contact: {}, workspaceZone: 'UTC', script };
    const { steps } = simulateJourney(loop({ onTimeout: out }), world);
    expect(steps.filter(({ step }) => step === 'back')).toHaveLength(4);
  });
});

const names = ['seen', 'bought', 'left'] as const;
const duration = fc.constantFrom('PT2S', 'PT3S', 'PT5S');
/** Steps that ask for nothing outside: what they come to depends on events and time alone. */
const steps = fc.letrec<{ list: JourneyNode[]; node: JourneyNode }>((tie) => ({
  list: fc.array(tie('node'), { maxLength: 3 }),
  node: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.record({ id: fc.constant('x'), kind: fc.constant('delay' as const), for: duration }),
    fc.record({ id: fc.constant('x'), kind: fc.constant('goTo' as const), target: fc.constantFrom('n0', 'n1') }),
    fc.record({
      id: fc.constant('x'),
      kind: fc.constant('waitFor' as const),
      on: fc.record({ event: fc.constantFrom(...names) }),
      since: fc.constantFrom('entry' as const, 'step' as const),
      timeout: duration,
      onEvent: tie('list'),
      onTimeout: tie('list'),
    }),
  ),
})).list;

function numbered(list: readonly JourneyNode[]): JourneyNode[] {
  let count = -1;
  const rename = (nodes: readonly JourneyNode[]): JourneyNode[] =>
    nodes.map((node) => {
      const id = `n${(count += 1)}`;
      return node.kind === 'waitFor'
        ? { ...node, id, onEvent: rename(node.onEvent ?? []), onTimeout: rename(node.onTimeout ?? []) }
        : { ...node, id };
    });
  return rename(list);
}

/** Events of ten seconds, in the order in which they came. */
const comings = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...names), fc.integer({ min: 0, max: 10_000 })), {
    maxLength: 8,
    selector: ([, ms]) => ms,
  })
  .map((list) => list.toSorted((a, b) => a[1] - b[1]).map(([name, ms], n) => happened(`e-${n + 1}`, name, ms / 1_000)));

describe('what a run comes to', () => {
  it('is the same whether a worker was there all the time or came back at the end', unlimited, () => {
    fc.assert(
      fc.property(steps, comings, fc.boolean(), (list, events, hasFirstTurn) => {
        const definition = journey(numbered(list), { exitWhen: [{ event: 'left' }] });
        const end = at(15);
        const live = playJourney(definition, entry);
        live.work(at(0));
        for (const event of [...events, null]) {
          const until = event?.receivedAt ?? end;
          for (;;) {
            const { dueAt } = live.last;
            if (dueAt === null || !isReached(dueAt, until)) break;
            live.work(dueAt);
          }
          if (event) live.store(event);
          live.work(until);
        }
        // More late timers in a row than that are another rule.
        fc.pre(Object.values(live.last.state.visits).every((visits) => visits < 30));
        const late = playJourney(definition, entry);
        if (hasFirstTurn) late.work(at(0));
        for (const event of events) late.store(event);
        late.work(end);
        expect({ ...late.last.state, clock: '' }).toEqual({ ...live.last.state, clock: '' });
      }),
    );
  });
});

it('stands at its end, whatever is received in the turn that finds it over: the next entry comes after it (journeys F8)', () => {
  const run = playJourney(
    journey([{ id: 'first', kind: 'delay', for: 'PT2S' }], { exitWhen: [{ event: 'left' }] }),
    entry,
  );
  run.work(at(0));
  run.store(happened('l-1', 'left', 5));
  run.work(at(7));
  expect(run.last.ended).toMatchObject({ outcome: 'completed' });
  expect(run.last.state.clock).toBe(at(2));
});
