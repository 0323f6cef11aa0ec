import { describe, expect, it } from 'vitest';
import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import type { JourneyNode, PausedDeadline } from '../../contracts/journeys/nodes.schema.ts';
import type { Advanced, JsonObject, MailboxItem } from '../../contracts/core/machine.ts';
import { advance } from './advance.ts';
import { simulateJourney } from './simulation/simulate.ts';
import { startJourney, type JourneyState } from './state.ts';

let seq = 0;
/** A Monday. */
const START = Date.parse('2026-03-02T09:00:00.000Z');
const at = (hours: number): string => new Date(START + hours * 3_600_000).toISOString();

const journey = (steps: readonly JourneyNode[]): JourneyDefinition => ({
  engineVersion: 1,
  slug: 'held',
  name: 'Held',
  entry: [{ event: 'entered' }],
  reentry: 'once',
  exitWhen: [],
  steps,
});
const email = (id: string): JourneyNode => ({
  id,
  kind: 'email',
  content: { kind: 'inline', subject: { kind: 'literal', value: 'Hello' }, markdown: 'Hi' },
});
const given = (pausedDeadline: PausedDeadline | undefined) => (pausedDeadline ? { pausedDeadline } : {});

/** Each call is one turn, with what came since the last at its hour. */
function play(steps: readonly JourneyNode[], first?: JourneyState) {
  const definition = journey(steps);
  let state =
    first ??
    startJourney({ eventId: 'e', event: 'entered', key: null, properties: {}, occurredAt: at(0), receivedAt: at(0) });

  return (
    hours: number,
    ...items: [hours: number, kind: string, payload?: JsonObject, ref?: string][]
  ): Advanced<JourneyState> => {
    const mailbox = items.map(([came, kind, payload = {}, ref]): MailboxItem => {
      return { seq: (seq += 1), kind, ref: ref ?? `m-${seq}`, payload, at: at(came) };
    });
    const result = advance(definition, state, { now: at(hours), contact: {}, mailbox, workspaceZone: 'UTC' });
    ({ state } = result);
    return result;
  };
}
const asked = ({ actions }: Advanced<JourneyState>): string[] => actions.map(({ id }) => id);

describe('a delay whose end lies in a pause (dashboard F8)', () => {
  const steps = (policy?: PausedDeadline): JourneyNode[] => [
    { id: 'days', kind: 'delay', for: 'P2D', ...given(policy) },
    email('hello'),
  ];

  it('is over when the run goes on', () => {
    const turn = play(steps());
    turn(0);
    turn(10, [10, 'pause']);
    expect(asked(turn(100, [100, 'resume']))).toEqual(['hello/1']);
  });

  it('is as much longer as the pause, where pauses do not count', () => {
    const turn = play(steps('extend'));
    turn(0);
    turn(10, [10, 'pause']);
    const resumed = turn(100, [100, 'resume']);
    expect(resumed).toMatchObject({ dueAt: at(138), actions: [], steps: [{ step: 'days', dueAt: at(138) }] });
    expect(asked(turn(138))).toEqual(['hello/1']);
  });

  it('comes again at its local time, not whenever the pause ends', () => {
    const nine = play([{ id: 'nine', kind: 'delay', at: '09:00', weekdays: [1, 2, 3, 4, 5] }, email('hello')]);
    nine(1);
    nine(10, [10, 'pause']);
    // Saturday afternoon.
    expect(nine(126, [126, 'resume'])).toMatchObject({ dueAt: at(168), actions: [] });
    expect(asked(nine(168))).toEqual(['hello/1']);
  });

  it('keeps a deadline that the pause has not reached', () => {
    const turn = play(steps());
    turn(0);
    turn(10, [10, 'pause']);
    expect(turn(20, [20, 'resume'])).toMatchObject({ dueAt: at(48), actions: [] });
  });
});

describe('a wait whose time-out lies in a pause (dashboard F8)', () => {
  const wait = (policy?: PausedDeadline): JourneyNode[] => [
    {
      id: 'bought',
      kind: 'waitFor',
      on: { event: 'bought' },
      timeout: 'PT20H',
      onEvent: [email('thanks')],
      onTimeout: [email('offer')],
      ...given(policy),
    },
  ];
  const bought: JsonObject = { name: 'bought', purpose: 'wait', step: 'bought', visit: 1 };

  it.each([
    ['an event before the time-out', 15],
    ['an event after the time-out', 50],
  ])('%s counts, in one turn or in several', (_, came) => {
    const once = play(wait());
    once(0);
    expect(asked(once(100, [10, 'pause'], [came, 'event', bought], [90, 'resume']))).toEqual(['thanks/1']);
    const often = play(wait());
    often(0);
    often(10, [10, 'pause']);
    often(came, [came, 'event', bought]);
    expect(asked(often(90, [90, 'resume']))).toEqual(['thanks/1']);
  });

  it('is up when the run goes on where nothing came, and not before', () => {
    const turn = play(wait());
    turn(0);
    turn(10, [10, 'pause']);
    expect(turn(60)).toMatchObject({ status: 'paused', state: { tokens: [{ position: { settled: null } }] } });
    expect(asked(turn(90, [90, 'resume']))).toEqual(['offer/1']);
  });

  it('is up before what came after the pause', () => {
    const turn = play(wait());
    turn(0);
    expect(asked(turn(100, [10, 'pause'], [90, 'resume'], [95, 'event', bought]))).toEqual(['offer/1']);
  });

  it('takes the events of a longer time where pauses do not count', () => {
    const turn = play(wait('extend'));
    turn(0);
    expect(asked(turn(100, [10, 'pause'], [90, 'resume'], [95, 'event', bought]))).toEqual(['thanks/1']);
  });
});

describe('an approval whose deadline lies in a pause (dashboard F8)', () => {
  const approval = (policy?: PausedDeadline): JourneyNode[] => [
    {
      id: 'ok',
      kind: 'approval',
      assign: { kind: 'role', id: 'approver' },
      show: { kind: 'literal', value: 'x' },
      due: 'PT20H',
      onTimeout: 'approve',
      outcomes: [
        { name: 'approve', steps: [email('hello')] },
        { name: 'refuse', steps: [] },
      ],
      ...given(policy),
    },
  ];

  it('is not approved by the pause: the deadline comes as much later', () => {
    const turn = play(approval());
    turn(0);
    expect(turn(10, [10, 'pause'])).toMatchObject({ dueAt: null, gates: [{ dueAt: at(20) }] });
    expect(turn(100, [100, 'resume'])).toMatchObject({ dueAt: at(110), gates: [{ dueAt: at(110) }], actions: [] });
  });

  it('also where code of before has paused the run', () => {
    const before = play(approval());
    before(0);
    const { pausedAt: _, ...state } = before(10, [10, 'pause']).state;
    const turn = play(approval(), state);
    expect(turn(100, [100, 'resume']).gates).toMatchObject([{ dueAt: at(110) }]);
  });

  it('takes its outcome when the run goes on, where the step says so', () => {
    const turn = play(approval('recheck'));
    turn(0);
    turn(10, [10, 'pause']);
    expect(turn(100, [100, 'resume'])).toMatchObject({ dueAt: at(100), gates: [{ dueAt: at(100) }] });
  });

  it('is simulated alike', () => {
    const script = { pauses: [{ after: 'PT10H', for: 'PT90H' }] };
    const over = (policy?: PausedDeadline): string =>
      simulateJourney(journey(approval(policy)), { at: at(0), contact: {}, workspaceZone: 'UTC', script }).endedAt;
    expect([over(), over('recheck')]).toEqual([at(110), at(100)]);
  });
});

describe('pauses of other products’ reports', () => {
  const days = (id: string): JourneyNode => ({ id, kind: 'delay', for: 'P1D' });

  it('leaves a run that was paused by itself when its journey goes on (warmbly#512)', () => {
    const turn = play([days('day'), email('hello')]);
    turn(0);
    turn(2, [1, 'pause', {}, 'operation-1'], [2, 'pause', {}, 'journey/4']);
    expect(turn(3, [3, 'resume', {}, 'journey/5'])).toMatchObject({ status: 'paused', actions: [] });
    expect(asked(turn(50, [50, 'resume', {}, 'operation-2']))).toEqual(['hello/1']);
  });

  it('lets one run go on while its journey is paused, and the journey’s resume changes nothing then', () => {
    const turn = play([days('day'), email('hello')]);
    turn(0);
    turn(1, [1, 'pause', {}, 'journey/4']);
    expect(turn(2, [2, 'resume', {}, 'operation-1'])).toMatchObject({ status: 'waiting', dueAt: at(24) });
    expect(turn(3, [3, 'resume', {}, 'journey/5'])).toMatchObject({ status: 'waiting', dueAt: at(24) });
  });

  it('sends what a series missed one by one, a day apart, not all at once (mautic#3340)', () => {
    const turn = play([days('a'), email('first'), days('b'), email('second'), days('c'), email('third')]);
    turn(0);
    turn(1, [1, 'pause']);
    const resumed = turn(400, [400, 'resume']);
    expect(asked(resumed)).toEqual(['first/1']);
    const next = turn(401, [401, 'performed', {}, 'first/1']);
    expect(next).toMatchObject({ dueAt: at(425), actions: [] });
  });

  it('asks for the mail that a pause held up under its old name, so that nobody gets it twice (listmonk#2070)', () => {
    const turn = play([email('hello')]);
    expect(asked(turn(0))).toEqual(['hello/1']);
    expect(asked(turn(1, [1, 'pause']))).toEqual([]);
    expect(asked(turn(2, [2, 'resume']))).toEqual(['hello/1']);
  });
});
