import { describe, expect, it } from 'vitest';
import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import type { JourneyNode } from '../../contracts/journeys/nodes.schema.ts';
import type { Advanced, MailboxItem } from '../../contracts/core/machine.ts';
import { sampleJourney } from '../../test/support/journeys.ts';
import { advance } from './advance.ts';
import { graphOf } from './graph.ts';
import { repairsOf } from './repair.ts';
import { startJourney, storedState, upgradeState, type JourneyState } from './state.ts';

const START = '2026-03-02T09:00:00.000Z';
const LATER = '2026-03-05T09:00:00.000Z';

const email = (id: string): JourneyNode => ({
  id,
  kind: 'email',
  content: { kind: 'inline', subject: { kind: 'literal', value: 'Hello' }, markdown: 'Hi' },
});
const ask: JourneyNode = {
  id: 'ask',
  kind: 'llm',
  prompt: { kind: 'inline', instructions: 'Score' },
  input: {},
  output: { type: 'object', properties: { score: { type: 'number' } } },
  budgetMicros: 1,
};
const isHigh: JourneyNode = {
  id: 'is-high',
  kind: 'if',
  when: {
    kind: 'compare',
    op: 'equals',
    left: { kind: 'output', step: 'ask', path: ['score'] },
    right: { kind: 'literal', value: 9 },
  },
  yes: [email('high')],
  no: [email('low')],
};
const wait: JourneyNode = { id: 'wait', kind: 'waitFor', on: { event: 'bought' } };

/** A run that failed at its step; each call is a turn, on a state that was stored in between. */
function failedRun(steps: readonly JourneyNode[], more: Partial<JourneyDefinition> = {}) {
  const definition = sampleJourney('repaired', { steps, ...more });
  let seq = 0;
  let state: JourneyState = startJourney({ eventId: null, event: 'in', key: null, properties: {}, receivedAt: START });
  const turn = (now: string, ...items: Partial<MailboxItem>[]): Advanced<JourneyState> => {
    const mailbox = items.map((item) => ({ seq: (seq += 1), kind: 'event', ref: null, payload: {}, at: now, ...item }));
    const result = advance(definition, state, { now, contact: { externalId: 'ana' }, mailbox, workspaceZone: 'UTC' });
    state = upgradeState(storedState(result.state));
    return result;
  };
  const first = steps[0]?.id ?? '';
  turn(START);
  const refused = { kind: 'failed', ref: `${first}/1`, payload: { type: 'effect.rejected', message: 'refused' } };
  expect(turn(START, refused)).toMatchObject({ status: 'failed', ended: { outcome: 'failed' }, actions: [] });
  /** The state as it was stored before states had the place of the failure. */
  const forget = (): void => {
    if (state.end) state = { ...state, end: { status: state.end.status, reason: state.end.reason } };
  };
  return { turn, forget };
}

describe('a failed run (journeys F4, dashboard F2)', () => {
  const steps = [email('hello'), email('bye')];

  it('does its step again, in a visit and with an action of its own', () => {
    const { turn } = failedRun(steps);
    const retried = turn(LATER, { kind: 'retry', payload: { step: 'hello' } });
    expect(retried).toMatchObject({ status: 'running', ended: null, actions: [{ id: 'hello/2' }] });
    expect(retried.steps).toMatchObject([{ step: 'hello', visit: 2, status: 'running', startedAt: LATER }]);
    expect(turn(LATER, { kind: 'performed', ref: 'hello/1' }).actions).toMatchObject([{ id: 'hello/2' }]);
    expect(turn(LATER, { kind: 'performed', ref: 'hello/2' }).actions).toMatchObject([{ id: 'bye/1' }]);
  });

  it('goes on behind the step when that is left out', () => {
    const { turn } = failedRun(steps);
    const skipped = turn(LATER, { kind: 'skip', payload: { step: 'hello' } });
    expect(skipped.actions).toMatchObject([{ id: 'bye/1' }]);
    expect(skipped.steps[0]).toMatchObject({ step: 'hello', visit: 2, status: 'skipped', endedAt: LATER });
  });

  it('goes on with the output that a person gave', () => {
    const { turn } = failedRun([ask, isHigh]);
    const done = turn(LATER, { kind: 'complete', payload: { step: 'ask', output: { score: 9 } } });
    expect(done.actions).toMatchObject([{ id: 'high/1' }]);
    expect(done.steps[0]).toMatchObject({ step: 'ask', visit: 2, status: 'done', detail: { byHand: true } });
  });

  it('that was stored before states knew where they failed is taken up at the step that the message names', () => {
    const { turn, forget } = failedRun(steps);
    forget();
    expect(turn(LATER, { kind: 'retry', payload: { step: 'hello' } }).actions).toMatchObject([{ id: 'hello/2' }]);
  });

  it('stays ended by a message for a step that it has not, and whatever else comes', () => {
    const { turn, forget } = failedRun(steps);
    forget();
    for (const item of [{ kind: 'retry', payload: { step: 'other' } }, { kind: 'retry' }, { kind: 'resume' }])
      expect(turn(LATER, item)).toMatchObject({ status: 'failed', steps: [], actions: [] });
  });

  it('exits before it does anything where the event for that has come in the meantime', () => {
    const { turn } = failedRun(steps, { exitWhen: [{ event: 'bought' }] });
    const bought = { ref: 'e-1', payload: { name: 'bought', key: null, properties: {}, purpose: 'exit' } };
    const late = turn(LATER, bought, { kind: 'retry', payload: { step: 'hello' } });
    expect(late).toMatchObject({ status: 'exited', actions: [] });
  });

  it('that is taken up changes nothing by a second such message', () => {
    const { turn } = failedRun(steps);
    turn(LATER, { kind: 'retry', payload: { step: 'hello' } });
    expect(turn(LATER, { kind: 'skip', payload: { step: 'hello' } }).actions).toMatchObject([{ id: 'hello/2' }]);
  });

  it('offers to complete what gives an output and has no branches', () => {
    const { places } = graphOf(sampleJourney('offered', { steps: [ask, isHigh, wait] }));
    const of = (id: string): unknown => {
      const place = places.get(id);
      return place && repairsOf(place);
    };
    expect([of('ask'), of('high'), of('is-high'), of('wait')]).toEqual([
      ['retry', 'skip', 'complete'],
      ['retry', 'skip', 'complete'],
      ['retry', 'skip'],
      ['retry', 'skip'],
    ]);
  });
});
