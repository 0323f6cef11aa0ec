import { describe, expect, it } from 'vitest';
import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import type { JourneyNode } from '../../contracts/journeys/nodes.schema.ts';
import type { Advanced, JsonObject, MailboxItem } from '../../contracts/core/machine.ts';
import { advance } from './advance.ts';
import { startJourney, type JourneyState } from './state.ts';

const START = '2026-03-02T09:00:00.000Z';

function journey(steps: readonly JourneyNode[], more: Partial<JourneyDefinition> = {}): JourneyDefinition {
  return {
    engineVersion: 1,
    slug: 'welcome',
    name: 'Welcome',
    entry: [{ event: 'signed.up' }],
    reentry: 'once',
    exitWhen: [],
    steps,
    ...more,
  };
}

const email = (id: string): JourneyNode => ({
  id,
  kind: 'email',
  content: { kind: 'inline', subject: { kind: 'literal', value: 'Hello' }, markdown: 'Hi' },
});
const delay = (id: string, duration: string): JourneyNode => ({ id, kind: 'delay', for: duration });

/** Drives a run: each call is one turn at the given instant. */
function start(definition: JourneyDefinition, contact: JsonObject = { externalId: 'ana' }) {
  let seq = 0;
  let state: JourneyState = startJourney({
    eventId: 'e-0',
    event: 'signed.up',
    key: 'k-1',
    properties: { plan: 'pro' },
    receivedAt: START,
  });
  return (now: string, ...items: Partial<MailboxItem>[]): Advanced<JourneyState> => {
    const mailbox = items.map((item) => ({ seq: (seq += 1), kind: 'event', ref: null, payload: {}, at: now, ...item }));
    const result = advance(definition, state, { now, contact, mailbox, workspaceZone: 'UTC' });
    state = result.state;
    return result;
  };
}

const actionDone = (ref: string, payload: JsonObject = {}): Partial<MailboxItem> => ({
  kind: 'performed',
  ref,
  payload,
});
const event = (name: string, payload: JsonObject = {}, ref = `e-${name}`): Partial<MailboxItem> => ({
  kind: 'event',
  ref,
  payload: { name, key: null, properties: {}, purpose: 'wait', ...payload },
});
const at = (time: string): string => `2026-03-${time}.000Z`;

describe('advance', () => {
  it('runs a step, goes on with its result, and ends after the last', () => {
    const turn = start(journey([email('hello'), email('bye')]));
    const first = turn(START);
    expect(first.actions).toMatchObject([
      { id: 'hello/1', activity: 'sendMessage', params: { content: { subject: 'Hello' } } },
    ]);
    expect(first).toMatchObject({ status: 'running', currentStep: 'hello', dueAt: null, ended: null });
    expect(turn(at('02T09:00:05'), actionDone('hello/1')).actions.map((action) => action.id)).toEqual(['bye/1']);
    const last = turn(at('02T09:00:06'), actionDone('bye/1'));
    expect(last).toMatchObject({ status: 'completed', actions: [], ended: { outcome: 'completed' } });
    expect(last.steps).toMatchObject([{ step: 'bye', visit: 1, status: 'done', endedAt: at('02T09:00:06') }]);
  });

  it('counts delays from when the run got there, also when it is called late', () => {
    const turn = start(journey([delay('one', 'P1D'), delay('two', 'P1D'), email('hello')]));
    expect(turn(START).dueAt).toBe(at('03T09:00:00'));
    const late = turn(at('03T15:00:00'));
    expect(late.dueAt).toBe(at('04T09:00:00'));
    expect(late.steps).toMatchObject([
      { step: 'one', status: 'done', endedAt: at('03T09:00:00') },
      { step: 'two', status: 'waiting', waitingFor: 'time', dueAt: at('04T09:00:00') },
    ]);
  });

  it('keeps local time over a clock change and waits for a local time on given days', () => {
    const berlin = { externalId: 'ana', timeZone: 'Europe/Berlin' };
    const spring = start(journey([delay('month', 'P28D')]), berlin);
    // 2 March 10:00 in Berlin; on the 29th the clocks go forward.
    expect(spring(START).dueAt).toBe('2026-03-30T08:00:00.000Z');
    const monday = start(journey([{ id: 'monday', kind: 'delay', at: '09:00', weekdays: [1] }]), berlin);
    expect(monday(START).dueAt).toBe('2026-03-09T08:00:00.000Z');
  });

  it('lets an event that came before the deadline win over a timer that is handled late', () => {
    const wait: JourneyNode = {
      id: 'login',
      kind: 'waitFor',
      on: { event: 'logged.in' },
      timeout: 'PT1H',
      onTimeout: [email('nag')],
    };
    const inTime = start(journey([wait, email('hello')]));
    inTime(START);
    const won = inTime(at('02T12:00:00'), { ...event('logged.in'), at: at('02T09:59:00') });
    expect(won.actions.map((action) => action.id)).toEqual(['hello/1']);
    const late = start(journey([wait, email('hello')]));
    late(START);
    const lost = late(at('02T12:00:00'), { ...event('logged.in'), at: at('02T10:01:00') });
    expect(lost.actions.map((action) => action.id)).toEqual(['nag/1']);
  });

  it('listens with the run own key, and never to the event that started it', () => {
    const wait: JourneyNode = { id: 'paid', kind: 'waitFor', on: { event: 'signed.up', key: { kind: 'entryKey' } } };
    const turn = start(journey([wait, email('thanks')]));
    expect(turn(START).waits).toEqual([
      { step: 'paid', visit: 1, eventName: 'signed.up', key: 'k-1', purpose: 'wait', dueAt: null, from: START },
    ]);
    expect(turn(at('02T10:00:00'), event('signed.up', { key: 'k-1' }, 'e-0')).status).toBe('waiting');
    expect(turn(at('02T10:00:00'), event('signed.up', { key: 'k-2' }, 'e-1')).status).toBe('waiting');
    const suffixed = event('signed.up', { key: 'k-1', step: 'paid', visit: 1 }, 'e-0/wait/paid/1');
    expect(turn(at('02T10:00:00'), suffixed).status).toBe('waiting');
    expect(turn(at('02T10:00:00'), event('signed.up', { key: 'k-1' }, 'e-2')).status).toBe('running');
  });

  it('tests the filter of a wait against the event, and gives the event to later steps', () => {
    const filter = {
      kind: 'compare',
      op: 'atLeast',
      left: { kind: 'event', path: ['amount'] },
      right: { kind: 'literal', value: 50 },
    } as const;
    const turn = start(
      journey([
        { id: 'paid', kind: 'waitFor', on: { event: 'paid', filter } },
        {
          id: 'note',
          kind: 'crm',
          upsert: 'contact',
          set: { amount: { kind: 'output', step: 'paid', path: ['properties', 'amount'] } },
        },
      ]),
    );
    turn(START);
    expect(turn(at('02T10:00:00'), event('paid', { properties: { amount: 49 } }, 'a')).status).toBe('waiting');
    expect(turn(at('02T10:00:00'), event('paid', { properties: { amount: 50 } }, 'b')).actions).toMatchObject([
      { activity: 'upsertCrm', params: { upsert: 'contact', set: { amount: 50 } } },
    ]);
  });

  it('exits while a step is running, and shows that step as skipped', () => {
    const turn = start(journey([email('hello')], { exitWhen: [{ event: 'account.closed' }] }));
    expect(turn(START).waits).toMatchObject([
      { step: '$exit', visit: 1, purpose: 'exit', eventName: 'account.closed', from: START },
    ]);
    const ended = turn(at('02T09:01:00'), event('account.closed', { purpose: 'exit', step: '$exit', visit: 1 }));
    expect(ended).toMatchObject({
      status: 'exited',
      actions: [],
      waits: [],
      gates: [],
      ended: { reason: 'event account.closed' },
    });
    expect(ended.steps).toMatchObject([
      { step: 'hello', status: 'skipped', detail: { reason: 'event account.closed' } },
    ]);
    expect(turn(at('02T09:02:00'), actionDone('hello/1'))).toMatchObject({ status: 'exited', steps: [] });
  });

  it('holds everything while paused, receives what comes, and goes on at resume', () => {
    const turn = start(journey([delay('day', 'P1D'), email('hello')]));
    turn(START);
    expect(turn(at('02T10:00:00'), { kind: 'pause' })).toMatchObject({ status: 'paused', dueAt: null, actions: [] });
    expect(turn(at('05T10:00:00'))).toMatchObject({ status: 'paused', actions: [] });
    const resumed = turn(at('05T11:00:00'), { kind: 'resume' });
    expect(resumed.actions.map((action) => action.id)).toEqual(['hello/1']);
    expect(turn(at('05T11:01:00'), { kind: 'pause' })).toMatchObject({ status: 'paused', actions: [] });
    expect(turn(at('05T11:02:00'), actionDone('hello/1')).status).toBe('paused');
    expect(turn(at('05T11:03:00'), { kind: 'resume' }).status).toBe('completed');
  });

  it('exits while paused', () => {
    const turn = start(journey([delay('day', 'P1D')]));
    turn(START, { kind: 'pause' });
    expect(turn(at('02T10:00:00'), { kind: 'exit', payload: { reason: 'stopped by Eva' } })).toMatchObject({
      status: 'exited',
      ended: { reason: 'stopped by Eva' },
    });
  });

  it('opens a gate, takes the branch of the decision, and offers a limited outcome only so often', () => {
    const approval: JourneyNode = {
      id: 'check',
      kind: 'approval',
      assign: { kind: 'role', id: 'lifecycle' },
      show: { kind: 'object', fields: { plan: { kind: 'entry', path: ['plan'] } } },
      due: 'PT3H',
      onTimeout: 'approve',
      outcomes: [
        { name: 'approve', steps: [] },
        {
          name: 'again',
          label: 'Ask for another',
          comment: 'required',
          max: 1,
          steps: [{ id: 'back', kind: 'goTo', target: 'check' }],
        },
        { name: 'stop', steps: [{ id: 'out', kind: 'exit', reason: 'refused' }] },
      ],
    };
    const decide = (visit: number, outcome: string): Partial<MailboxItem> => ({
      kind: 'gate',
      ref: `g-${visit}`,
      payload: { step: 'check', visit, round: visit, outcome, comment: 'no', form: null },
    });
    const turn = start(journey([approval, email('hello')]));
    const first = turn(START);
    expect(first.gates).toMatchObject([
      {
        step: 'check',
        visit: 1,
        content: { plan: 'pro' },
        dueAt: at('02T12:00:00'),
        onTimeout: 'approve',
        assignee: { id: 'lifecycle' },
      },
    ]);
    expect(first.gates[0]?.outcomes).toEqual([
      { name: 'approve', label: 'Approve' },
      { name: 'again', label: 'Ask for another', comment: 'required' },
      { name: 'stop', label: 'Stop' },
    ]);
    const second = turn(at('02T10:00:00'), decide(1, 'again'));
    expect(second.gates).toMatchObject([{ visit: 2, dueAt: at('02T13:00:00') }]);
    expect(second.gates[0]?.outcomes.map((outcome) => outcome.name)).toEqual(['approve', 'stop']);
    // An old decision, and one that is not offered any more, change nothing.
    expect(turn(at('02T10:01:00'), decide(1, 'stop'), decide(2, 'again')).gates).toHaveLength(1);
    expect(turn(at('02T10:02:00'), decide(2, 'stop'))).toMatchObject({
      status: 'exited',
      ended: { reason: 'refused' },
    });
  });

  it('fails with the step and the reason, but takes the fallback of an llm step', () => {
    const fail = (ref: string): Partial<MailboxItem> => ({
      kind: 'failed',
      ref,
      payload: { type: 'smtp', message: 'refused' },
    });
    const failing = start(journey([email('hello')]));
    failing(START);
    expect(failing(at('02T09:01:00'), fail('hello/1'))).toMatchObject({
      status: 'failed',
      ended: { reason: 'hello: refused' },
    });
    const llm: JourneyNode = {
      id: 'subject',
      kind: 'llm',
      prompt: { kind: 'stored', prompt: 'welcome@production' },
      input: { plan: { kind: 'entry', path: ['plan'] } },
      output: { type: 'object' },
      budgetMicros: 5_000,
      fallback: { text: 'Welcome!' },
    };
    const saved = start(
      journey([
        llm,
        {
          id: 'hello',
          kind: 'email',
          content: {
            kind: 'template',
            template: 'welcome@4',
            subject: { kind: 'output', step: 'subject', path: ['text'] },
          },
        },
      ]),
    );
    expect(saved(START).actions).toMatchObject([
      { activity: 'askModel', params: { input: { plan: 'pro' }, budgetMicros: 5_000, model: null } },
    ]);
    const next = saved(at('02T09:01:00'), fail('subject/1'));
    expect(next.actions).toMatchObject([{ params: { content: { template: 'welcome@4', subject: 'Welcome!' } } }]);
    expect(next.steps).toMatchObject([
      { step: 'subject', status: 'done', detail: { usedFallback: true, type: 'smtp' } },
      { step: 'hello' },
    ]);
  });

  it('asks for a mail about what the person bought as such, and for no other', () => {
    const receipt: JourneyNode = {
      id: 'receipt',
      kind: 'email',
      content: { kind: 'inline', subject: { kind: 'literal', value: 'Paid' }, markdown: 'Thanks' },
      transactional: true,
    };
    const asked = (steps: JourneyNode[]) => start(journey(steps))(START).actions.map(({ params }) => params);
    expect(asked([receipt])).toMatchObject([{ isTransactional: true }]);
    expect(asked([email('hello')])).not.toMatchObject([{ isTransactional: true }]);
  });

  it('holds a message over the quiet hours of the contact, by the time of sending', () => {
    const quietHours = { from: '21:00', to: '08:00', zone: 'contact', over: 'hold' } as const;
    const turn = start(journey([delay('day', 'P1D'), email('hello')], { quietHours }), { timeZone: 'Asia/Tokyo' });
    turn(START);
    // Due at 18:00 in Tokyo, handled at 22:00 there: it waits for 08:00.
    expect(turn(at('03T13:00:00'))).toMatchObject({ actions: [], dueAt: at('03T23:00:00'), currentStep: 'hello' });
    expect(turn(at('03T23:00:00')).actions).toHaveLength(1);
    const skipping = start(
      journey([email('hello')], { quietHours: { ...quietHours, zone: 'Asia/Tokyo', from: '17:00', over: 'skip' } }),
    );
    expect(skipping(START)).toMatchObject({ status: 'completed', steps: [{ step: 'hello', status: 'skipped' }] });
  });

  it('counts the goal in time without ending the run', () => {
    const goal = { when: { event: 'paid' }, within: 'P2D' };
    const turn = start(journey([delay('week', 'P7D')], { goal }));
    expect(turn(START).waits).toMatchObject([{ step: '$goal', purpose: 'goal', dueAt: at('04T09:00:00') }]);
    const reached = turn(at('03T09:00:00'), event('paid', { purpose: 'goal', step: '$goal', visit: 1 }));
    expect(reached).toMatchObject({ status: 'waiting', waits: [], steps: [{ kind: 'goal', status: 'done' }] });
    const missed = start(journey([delay('week', 'P7D')], { goal }));
    missed(START);
    expect(missed(at('05T09:00:00'), event('paid', { purpose: 'goal' })).steps).toEqual([]);
    // Until then an event may tell of an earlier day.
    expect(missed(at('07T09:00:00'))).toMatchObject({ waits: [], steps: [] });
  });

  it('uses an event once: a loop that waits again waits for another', () => {
    const turn = start(
      journey([
        { id: 'report', kind: 'waitFor', on: { event: 'viewed' }, timeout: 'P1D' },
        { id: 'back', kind: 'goTo', target: 'report' },
      ]),
    );
    turn(START);
    const again = turn(at('02T10:00:00'), event('viewed', {}, 'v-1'));
    expect(again.waits).toMatchObject([{ visit: 2, from: at('02T10:00:00'), dueAt: at('03T10:00:00') }]);
    expect(turn(at('02T10:00:01'), event('viewed', {}, 'v-1')).waits).toMatchObject([{ visit: 2 }]);
    expect(turn(at('02T10:00:02'), event('viewed', {}, 'v-2')).waits).toMatchObject([{ visit: 3 }]);
  });

  it('ends a loop without a wait instead of turning endlessly', () => {
    const turn = start(
      journey([{ id: 'a', kind: 'if', when: { kind: 'all', of: [] }, yes: [{ id: 'b', kind: 'goTo', target: 'a' }] }]),
    );
    expect(turn(START)).toMatchObject({ status: 'failed', ended: { reason: 'a loop without a wait' } });
    expect(start(journey([{ id: 'b', kind: 'goTo', target: 'nowhere' }]))(START).ended?.reason).toBe(
      "there is no step 'nowhere'",
    );
  });

  it('catches up a loop of short waits in bounded work', () => {
    const turn = start(journey([delay('second', 'PT1S'), { id: 'back', kind: 'goTo', target: 'second' }]));
    turn(START);
    expect(turn('2027-03-02T09:00:00.000Z')).toMatchObject({ status: 'waiting', dueAt: '2027-03-02T09:00:01.000Z' });
  });
});
