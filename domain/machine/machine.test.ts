import { describe, expect, it } from 'vitest';
import type { GateSpec, MailboxItem, StepChange } from '../../contracts/core/machine.ts';
import { ACTION_DONE } from '../../contracts/core/recorded-names.ts';
import { MAX_STEPS, untilStill } from './advanced.ts';
import { nextVisit, noteLine, type Lines } from './lines.ts';
import { nothingOpen, openAction, together } from './open.ts';
import { answers, decides, textOr } from './received.ts';

const at = { step: 'mail', visit: 2 };

describe('the lines of a turn', () => {
  const line: StepChange = { ...at, kind: 'email', title: 'Mail', status: 'running' };

  it('lay a later change over the earlier, whose beginning and details stay', () => {
    const lines: Lines = new Map();
    noteLine(lines, { ...line, startedAt: '2026-11-29T08:00:00Z', waitingFor: 'time', detail: { a: 1, b: 1 } });
    noteLine(lines, { ...line, visit: 3 });
    noteLine(lines, { ...line, status: 'done', detail: { b: 2 } });
    expect([...lines.values()]).toEqual([
      { ...line, status: 'done', startedAt: '2026-11-29T08:00:00Z', detail: { a: 1, b: 2 } },
      { ...line, visit: 3 },
    ]);
  });

  it('count the visits of a step from 1', () => {
    expect([nextVisit({}, 'mail'), nextVisit({ mail: 2 }, 'mail')]).toEqual([1, 3]);
  });
});

describe('what is open', () => {
  it('is all that any part has, and due when the first of them is', () => {
    const action = openAction('addCrmNote', at, { note: 'Hello' });
    const gate = { step: 'approve', visit: 1 } as GateSpec;
    const [noon, evening] = ['2026-11-29T12:00:00Z', '2026-11-29T18:00:00Z'];
    expect(action.id).toBe('mail/2');
    expect(together([])).toEqual(nothingOpen);
    expect(together([{ actions: [action], dueAt: evening }, nothingOpen, { gates: [gate], dueAt: noon }])).toEqual({
      actions: [action],
      gates: [gate],
      waits: [],
      dueAt: noon,
    });
  });
});

describe('a message', () => {
  const item = (changes: Partial<MailboxItem>): MailboxItem => {
    return { seq: 1, kind: ACTION_DONE, ref: 'mail/2', payload: {}, at: '2026-11-29T08:00:00Z', ...changes };
  };

  it.each([
    ['an output', item({}), true],
    ['a final failure', item({ kind: 'failed' }), true],
    ['that of an earlier visit', item({ ref: 'mail/1' }), false],
    ['an event of the same name', item({ kind: 'event' }), false],
  ])('answers the action of a visit or not: %s', (_, message, expected) => {
    expect(answers(message, at)).toBe(expected);
  });

  it.each([
    ['that of the visit', { step: 'mail', visit: 2 }, true],
    ['that of an earlier visit', { step: 'mail', visit: 1 }, false],
    ['that of another step', { step: 'approve', visit: 2 }, false],
  ])('decides the gate of a visit or not: %s', (_, payload, expected) => {
    expect(decides(item({ kind: 'gate', payload }), at)).toBe(expected);
  });

  it.each([
    [{ reason: 'moved' }, 'moved'],
    [{ reason: '' }, 'none given'],
    [{ reason: 7 }, 'none given'],
  ])('has a text or another: %j', (payload, expected) => {
    expect(textOr(payload, 'reason', 'none given')).toBe(expected);
  });
});

describe('steps until nothing changes', () => {
  it('end at the state that a step gives back', () => {
    expect(untilStill(7, (left) => Math.max(left - 1, 0))).toBe(0);
  });

  it('are bounded: rules that go round hang no worker', () => {
    let steps = 0;
    expect(() => untilStill(0, () => (steps += 1))).toThrow('a loop without a wait');
    expect(steps).toBe(MAX_STEPS);
  });
});
