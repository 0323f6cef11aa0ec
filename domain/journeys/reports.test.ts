import { describe, expect, it } from 'vitest';
import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import type { JourneyNode } from '../../contracts/journeys/nodes.schema.ts';
import { playJourney, type PlayedRun } from '../../test/support/journey-engine.ts';

const START = Date.parse('2026-03-06T09:00:00.000Z');
const at = (minutes: number): string => new Date(START + minutes * 60_000).toISOString();

const email = (id: string): JourneyNode => ({
  id,
  kind: 'email',
  content: { kind: 'inline', subject: { kind: 'literal', value: 'Hello' }, markdown: 'Hi' },
});
const bought: JourneyNode = {
  id: 'bought',
  kind: 'waitFor',
  on: { event: 'bought', key: { kind: 'entry', path: ['cart'] } },
  timeout: 'P10D',
  onEvent: [],
  onTimeout: [email('reminder')],
};

/** A run of one who entered on a Friday at nine. */
function begin(steps: readonly JourneyNode[], cart = 'A-1'): PlayedRun {
  const definition: JourneyDefinition = {
    engineVersion: 1,
    slug: 'reports',
    name: 'Reports',
    entry: [{ event: 'entered' }],
    reentry: 'once',
    exitWhen: [],
    steps,
  };
  const entry = {
    eventId: 'e-0',
    event: 'entered',
    key: null,
    properties: { cart },
    occurredAt: at(0),
    receivedAt: at(0),
  };
  return playJourney(definition, entry);
}
const asked = (run: PlayedRun): string[] => run.last.actions.map(({ id }) => id);

describe('reports of other products', () => {
  it.each([
    ['A-1', 'A-1', ['thanks/1']],
    ['A-1', 'A-2', []],
    [' A-1\n', 'A-1', ['thanks/1']],
    [' ', 'A-1', []],
  ])('a cart %j and an order of %s (dittofeed#1596, home-assistant#136515)', (cart, key, mails) => {
    const run = begin([bought, email('thanks')], cart);
    run.work(at(0));
    run.store({ id: 'b-1', name: 'bought', key, receivedAt: at(1) });
    run.work(at(2));
    expect(asked(run)).toEqual(mails);
  });

  it('an event right behind the entry, before any worker came (inngest#1433)', () => {
    const run = begin([bought, email('thanks')]);
    run.store({ id: 'b-1', name: 'bought', key: 'A-1', receivedAt: new Date(START + 1).toISOString() });
    run.work(at(60));
    expect(asked(run)).toEqual(['thanks/1']);
  });

  it('weekdays of a delay behind a decision (mautic#7676)', () => {
    const run = begin([
      bought,
      { id: 'monday', kind: 'delay', at: '09:00', weekdays: [1, 2, 3, 4, 5] },
      email('thanks'),
    ]);
    run.work(at(0));
    run.store({ id: 'b-1', name: 'bought', key: 'A-1', receivedAt: at(24 * 60) });
    expect(run.work(at(24 * 60)).dueAt).toBe('2026-03-09T09:00:00.000Z');
  });

  it('a mail to one who has unsubscribed is left out once, and not asked for again (mautic#4356, #4681)', () => {
    const run = begin([email('hello'), { id: 'wait', kind: 'delay', for: 'P1D' }]);
    run.work(at(0));
    run.send({ kind: 'performed', ref: 'hello/1', payload: { skipped: 'unsubscribed' } }, at(1));
    const { steps, actions, dueAt } = run.work(at(1));
    expect([actions, dueAt]).toEqual([[], at(24 * 60 + 1)]);
    expect(steps).toContainEqual(expect.objectContaining({ step: 'hello', status: 'skipped' }));
  });

  it('a value that is not there takes no attribute away, and a null that is written does (twenty#20598)', () => {
    const missing = { kind: 'entry', path: ['phone'] } as const;
    const none = { kind: 'literal', value: null } as const;
    const set = {
      phone: missing,
      cart: { kind: 'entry', path: ['cart'] },
      coupon: none,
      stage: { kind: 'firstOf', values: [missing, none] },
    } as const;
    const run = begin([{ id: 'note', kind: 'updateContact', set }]);
    expect(run.work(at(0)).actions).toMatchObject([{ params: { set: { cart: 'A-1', coupon: null, stage: null } } }]);
    expect(run.last.actions[0]?.params).not.toHaveProperty('set.phone');
  });

  it('a loop sends its mail each time round (mautic#7729)', () => {
    const run = begin([
      email('hello'),
      { id: 'wait', kind: 'delay', for: 'P1D' },
      { id: 'again', kind: 'goTo', target: 'hello' },
    ]);
    run.work(at(0));
    expect(asked(run)).toEqual(['hello/1']);
    run.send({ kind: 'performed', ref: 'hello/1' }, at(1));
    run.work(at(1));
    run.work(at(24 * 60 + 1));
    expect(asked(run)).toEqual(['hello/2']);
  });
});
