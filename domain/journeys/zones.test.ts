import { describe, expect, it } from 'vitest';
import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import type { JourneyNode } from '../../contracts/journeys/nodes.schema.ts';
import type { MailboxItem } from '../../contracts/core/machine.ts';
import { advance } from './advance.ts';
import { startJourney } from './state.ts';

const journey = (steps: readonly JourneyNode[], more: Partial<JourneyDefinition> = {}): JourneyDefinition => ({
  engineVersion: 1,
  slug: 'zones',
  name: 'Zones',
  entry: [{ event: 'entered' }],
  reentry: 'once',
  exitWhen: [],
  steps,
  ...more,
});
const email: JourneyNode = {
  id: 'hello',
  kind: 'email',
  content: { kind: 'inline', subject: { kind: 'literal', value: 'Hello' }, markdown: 'Hi' },
};

/** Each call is one turn of a run that began at `start`, in the zone that its contact has then. */
function play(definition: JourneyDefinition, start: string) {
  const entry = { eventId: 'e', event: 'entered', key: null, properties: {}, occurredAt: start, receivedAt: start };
  let state = startJourney(entry);
  let seq = 0;
  return (now: string, timeZone: string, ...done: string[]) => {
    const mailbox = done.map((ref): MailboxItem => ({ seq: (seq += 1), kind: 'performed', ref, payload: {}, at: now }));
    const result = advance(definition, state, { now, contact: { timeZone }, mailbox, workspaceZone: 'UTC' });
    ({ state } = result);
    return result;
  };
}

describe('zones and clocks (reports of other products)', () => {
  it.each(['Pacific/Niue', 'America/New_York', 'UTC', 'Asia/Kathmandu', 'Pacific/Kiritimati'])(
    'waits ten minutes for ten minutes in %s (n8n#8548)',
    (zone) => {
      const turn = play(journey([{ id: 'wait', kind: 'delay', for: 'PT10M' }, email]), '2026-11-25T10:00:00.000Z');
      expect(turn('2026-11-25T10:00:00.000Z', zone).dueAt).toBe('2026-11-25T10:10:00.000Z');
    },
  );

  it('comes once in the hour that comes twice, and not an hour late (node-schedule#435, cron-plus#108)', () => {
    const nine = { id: 'night', kind: 'delay', at: '02:30' } as const;
    const turn = play(journey([nine, { ...nine, id: 'next' }]), '2026-10-24T12:00:00.000Z');
    expect(turn('2026-10-24T12:00:00.000Z', 'Europe/Berlin').dueAt).toBe('2026-10-25T00:30:00.000Z');
    expect(turn('2026-10-25T00:30:00.000Z', 'Europe/Berlin').dueAt).toBe('2026-10-26T01:30:00.000Z');
  });

  it('comes in the night whose clock skips its time, and once', () => {
    const turn = play(journey([{ id: 'night', kind: 'delay', at: '02:30' }, email]), '2026-03-28T12:00:00.000Z');
    expect(turn('2026-03-28T12:00:00.000Z', 'Europe/Berlin').dueAt).toBe('2026-03-29T01:30:00.000Z');
    expect(turn('2026-03-29T01:30:00.000Z', 'Europe/Berlin').actions).toHaveLength(1);
  });

  it.each([
    ['Asia/Tokyo', '2026-11-27T00:00:00.000Z'],
    ['America/New_York', '2026-11-26T14:00:00.000Z'],
  ])('waits for nine where the person is when they have moved to %s meanwhile', (zone, nine) => {
    const turn = play(journey([{ id: 'nine', kind: 'delay', at: '09:00' }, email]), '2026-11-25T12:00:00.000Z');
    expect(turn('2026-11-25T12:00:00.000Z', 'Europe/London').dueAt).toBe('2026-11-26T09:00:00.000Z');
    expect(turn('2026-11-26T09:00:00.000Z', zone)).toMatchObject({ dueAt: nine, actions: [] });
    expect(turn(nine, zone).actions).toHaveLength(1);
  });

  it('counts the time to answer a mail from when it was sent, not from when quiet hours held it (mautic#1311)', () => {
    const wait: JourneyNode = { id: 'opened', kind: 'waitFor', on: { event: 'opened' }, timeout: 'PT1H' };
    const quietHours = { from: '21:00', to: '08:00', zone: 'UTC', over: 'hold' } as const;
    const turn = play(journey([email, wait], { quietHours }), '2026-11-25T22:00:00.000Z');
    expect(turn('2026-11-25T22:00:00.000Z', 'UTC').dueAt).toBe('2026-11-26T08:00:00.000Z');
    expect(turn('2026-11-26T08:00:00.000Z', 'UTC').actions).toHaveLength(1);
    expect(turn('2026-11-26T08:05:00.000Z', 'UTC', 'hello/1').dueAt).toBe('2026-11-26T09:05:00.000Z');
  });

  // Three people in one journey, over the night in which the clocks of each change: at nine on the day before, and on the day itself.
  it.each([
    ['Europe/Berlin', '2026-03-28T08:00:00.000Z', '2026-03-29T07:00:00.000Z'],
    ['Europe/Berlin', '2026-10-24T07:00:00.000Z', '2026-10-25T08:00:00.000Z'],
    ['America/New_York', '2026-03-07T14:00:00.000Z', '2026-03-08T13:00:00.000Z'],
    ['America/New_York', '2026-10-31T13:00:00.000Z', '2026-11-01T14:00:00.000Z'],
    ['Australia/Lord_Howe', '2026-10-02T22:30:00.000Z', '2026-10-03T22:00:00.000Z'],
    ['Australia/Lord_Howe', '2026-04-03T22:00:00.000Z', '2026-04-04T22:30:00.000Z'],
  ])('keeps nine at nine in %s, from %s to %s, whatever waits for it', (zone, nine, next) => {
    const assign = { kind: 'role', id: 'approver' } as const;
    const steps: Record<string, JourneyNode> = {
      'a delay of a day': { id: 'wait', kind: 'delay', for: 'P1D' },
      'a local time': { id: 'wait', kind: 'delay', at: '09:00' },
      'a delay and a local time': { id: 'wait', kind: 'delay', for: 'PT20H', at: '09:00' },
      'an event': { id: 'wait', kind: 'waitFor', on: { event: 'opened' }, timeout: 'P1D' },
      'a decision': {
        id: 'wait',
        kind: 'approval',
        assign,
        show: { kind: 'literal', value: 'x' },
        outcomes: [{ name: 'approve', steps: [] }],
        due: 'P1D',
        onTimeout: 'approve',
      },
    };
    for (const [what, step] of Object.entries(steps)) {
      const { dueAt, gates } = play(journey([step, email]), nine)(nine, zone);
      expect(gates[0]?.dueAt ?? dueAt, what).toBe(next);
    }
    // A mail that quiet hours hold through that night leaves when they end, once.
    const quietHours = { from: '22:00', to: '09:00', zone: 'contact', over: 'hold' } as const;
    const night = new Date(Date.parse(next) - 8 * 3_600_000).toISOString();
    const turn = play(journey([email], { quietHours }), night);
    expect(turn(night, zone)).toMatchObject({ dueAt: next, actions: [] });
    expect(turn(next, zone).actions).toHaveLength(1);
    expect(turn(next, zone, 'hello/1').ended).toMatchObject({ outcome: 'completed' });
  });

  it('loops each night at a time that the clock skips or shows twice, once a night', () => {
    const steps: JourneyNode[] = [
      { id: 'night', kind: 'delay', at: '02:15' },
      { id: 'again', kind: 'goTo', target: 'night' },
    ];
    const turn = play(journey(steps), '2026-10-02T12:00:00.000Z');
    const nights: string[] = [];
    for (let now = '2026-10-02T12:00:00.000Z'; nights.length < 3; nights.push(now))
      now = turn(now, 'Australia/Lord_Howe').dueAt ?? 'over';
    expect(nights).toEqual(['2026-10-02T15:45:00.000Z', '2026-10-03T15:45:00.000Z', '2026-10-04T15:15:00.000Z']);
  });
});
