import { describe, expect, it } from 'vitest';
import type { GateSpec, StepChange, WaitSpec } from '../../contracts/core/machine.ts';
import { timelineLines } from './timeline.ts';
import { waitingFor } from './waiting-for.ts';

const now = '2026-11-29T10:00:00.000Z';

describe('what a run waits for', () => {
  const gate = { step: 'approve' } as GateSpec;
  const wait = (purpose: WaitSpec['purpose']) => ({ purpose }) as WaitSpec;

  it.each([
    ['a person, also while something else runs', { gates: [gate], waits: [], status: 'running' }, 'person'],
    ['a person before an event', { gates: [gate], waits: [wait('wait')], status: 'waiting' }, 'person'],
    ['an event', { gates: [], waits: [wait('exit'), wait('wait')], status: 'waiting' }, 'event'],
    ['a time, while it only listens for its exit', { gates: [], waits: [wait('exit')], status: 'waiting' }, 'time'],
    ['nothing, while it runs', { gates: [], waits: [wait('wait')], status: 'running' }, null],
    ['nothing, once it is over', { gates: [], waits: [], status: 'completed' }, null],
  ] as const)('is %s', (_, { gates, waits, status }, expected) => {
    expect(waitingFor({ gates: [...gates], waits: [...waits], status })).toBe(expected);
  });
});

describe('the lines of a timeline', () => {
  const line = (changes: Partial<StepChange> = {}): StepChange => {
    return { step: 'mail', visit: 1, kind: 'email', title: 'Mail', status: 'running', ...changes };
  };

  it('keep the last change of a visit, at the place of its first', () => {
    const steps = [line(), line({ step: 'wait' }), line({ status: 'done' }), line({ visit: 2 })];
    const lines = timelineLines(steps, now).map(({ step, visit, status }) => [step, visit, status]);
    expect(lines).toEqual([
      ['mail', 1, 'done'],
      ['wait', 1, 'running'],
      ['mail', 2, 'running'],
    ]);
  });

  it.each(['done', 'failed', 'skipped'] as const)('end now where a step is %s', (status) => {
    expect(timelineLines([line({ status })], now)).toMatchObject([{ startedAt: now, endedAt: now }]);
  });

  it('have the instants that the machine gives, and no end while the step goes on', () => {
    const [startedAt, endedAt, dueAt] = ['2026-11-29T08:00:00Z', '2026-11-29T09:00:00Z', '2026-11-30T09:00:00Z'];
    expect(timelineLines([line({ status: 'done', startedAt, endedAt })], now)).toMatchObject([{ startedAt, endedAt }]);
    expect(timelineLines([line({ status: 'waiting', waitingFor: 'time', dueAt })], now)).toMatchObject([
      { waitingFor: 'time', endedAt: null, dueAt, detail: {} },
    ]);
  });
});
