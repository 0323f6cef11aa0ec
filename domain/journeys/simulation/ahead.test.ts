import { describe, expect, it } from 'vitest';
import type { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import type { JourneyNode } from '../../../contracts/journeys/nodes.schema.ts';
import { sampleJourney } from '../../../test/support/journeys.ts';
import { advance } from '../advance.ts';
import { startJourney, type JourneyState } from '../state.ts';
import { aheadOf } from './ahead.ts';

const at = '2026-03-02T10:00:00.000Z';
const mail = (id: string): JourneyNode => ({
  kind: 'email',
  id,
  content: { kind: 'inline', subject: { kind: 'literal', value: 'Hello' }, markdown: 'Hello' },
});
const wait: JourneyNode = {
  kind: 'waitFor',
  id: 'login',
  on: { event: 'LoggedIn' },
  timeout: 'P2D',
  onEvent: [mail('great')],
  onTimeout: [mail('reminder')],
};
const journey = (steps: JourneyNode[], change: Partial<JourneyDefinition> = {}): JourneyDefinition =>
  sampleJourney('ahead', { steps, exitWhen: [{ event: 'Left' }], ...change });

/** Where a person stands who has just entered. */
function entered(definition: JourneyDefinition): JourneyState {
  const start = startJourney({
    eventId: null,
    event: 'SignedUp',
    key: null,
    properties: {},
    occurredAt: at,
    receivedAt: at,
  });
  return advance(definition, start, { now: at, contact: {}, workspaceZone: 'UTC', mailbox: [] }).state;
}

/** What lies ahead an hour later, in short: when, the next steps, how it ends. */
function ahead(definition: JourneyDefinition, state = entered(definition)): unknown[] {
  const ways = aheadOf(definition, { state, now: '2026-03-02T11:00:00.000Z', contact: {}, workspaceZone: 'UTC' });
  return ways.map(({ when, steps, outcome }) => [when.name ?? when.kind, ...steps.map(({ step }) => step), outcome]);
}

describe('what would happen next (drawings of the run, issue 14 §4)', () => {
  it('goes on from where the run stands: where nothing comes, and at each event that it listens to', () => {
    expect(ahead(journey([wait, mail('last')]))).toEqual([
      ['nothing', 'reminder', 'last', 'completed'],
      ['LoggedIn', 'great', 'last', 'completed'],
      ['Left', 'exited'],
    ]);
  });

  it('says when: what is due is due when the run said, whatever the present is', () => {
    const [way] = aheadOf(journey([wait]), {
      state: entered(journey([wait])),
      now: '2026-03-02T11:00:00.000Z',
      contact: {},
      workspaceZone: 'UTC',
    });
    expect(way).toMatchObject({
      steps: [{ step: 'reminder', at: '2026-03-04T10:00:00.000Z' }],
      endedAt: '2026-03-04T10:00:00.000Z',
    });
  });

  it('offers each decision that the run waits for, and nothing alone where only a person leads on', () => {
    const outcomes = [
      { name: 'approve', label: 'Approve it', steps: [mail('hello')] },
      { name: 'reject', steps: [] },
    ];
    const assign = { kind: 'role', id: 'approver' } as const;
    const check: JourneyNode = {
      kind: 'approval',
      id: 'check',
      assign,
      show: { kind: 'object', fields: {} },
      outcomes,
    };
    expect(ahead(journey([check], { exitWhen: [] }))).toEqual([
      ['Approve it', 'hello', 'completed'],
      ['Reject', 'completed'],
    ]);
  });

  it('leaves an event out that changes nothing without its properties', () => {
    const amount = { kind: 'event', path: ['amount'] } as const;
    const filter = { kind: 'compare', op: 'greaterThan', left: amount, right: { kind: 'literal', value: 10 } } as const;
    const definition = journey([{ ...wait, on: { event: 'Paid', filter } }], { exitWhen: [] });
    expect(ahead(definition)).toEqual([['nothing', 'reminder', 'completed']]);
  });

  it('says nothing of a run that is paused or over, or that waits for good', () => {
    const { timeout: _, onTimeout: __, ...open } = wait;
    expect(ahead(journey([open], { exitWhen: [] }))).toEqual([['LoggedIn', 'great', 'completed']]);
    const definition = journey([wait]);
    expect(ahead(definition, { ...entered(definition), isPaused: true })).toEqual([]);
    const end = { status: 'completed', reason: 'all steps done' } as const;
    expect(ahead(definition, { ...entered(definition), tokens: [], end })).toEqual([]);
  });

  it('shows a few steps of a long way, and how many follow', () => {
    const many = journey([wait, ...Array.from({ length: 9 }, (_, n) => mail(`m-${n}`))], { exitWhen: [] });
    const of = { state: entered(many), now: at, contact: {}, workspaceZone: 'UTC' };
    expect(aheadOf(many, of)[0]).toMatchObject({ steps: { length: 5 }, more: 5, outcome: 'completed' });
  });
});
