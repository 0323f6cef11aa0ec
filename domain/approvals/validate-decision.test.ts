import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roles } from '../../contracts/access/access.ts';
import { type Decider, type GateView, type GivenDecision, validateDecision } from './validate-decision.ts';
import { unlimited } from '../../test/support/properties.ts';

const now = '2026-11-24T10:00:00.000Z';
const gate: GateView = {
  status: 'open',
  round: 2,
  contentHash: 'abc',
  outcomes: [
    { name: 'approve', label: 'Approve' },
    { name: 'reject', label: 'Reject', comment: 'required' },
  ],
  assignee: { kind: 'role', id: 'approver' },
  requestedBy: 'm-requester',
  dueAt: '2026-11-24T11:00:00.000Z',
  onTimeout: 'reject',
};
const decision: GivenDecision = { outcome: 'approve', round: 2, expectedHash: 'abc', comment: null };
const decider: Decider = { kind: 'member', id: 'm-1', roles: ['approver'], createdBy: null };
const none = { now, earlierOutcome: null };

describe('judging a decision', () => {
  it('settles the gate for an assigned person who saw what is asked', () => {
    expect(validateDecision(gate, decision, decider, none)).toEqual({ kind: 'settles' });
  });

  it.each<[string, Partial<GateView>, Partial<GivenDecision>, Partial<Decider>, string]>([
    ['another role', {}, {}, { roles: ['admin', 'designer'] }, 'gate.notAssigned'],
    ['another member', { assignee: { kind: 'member', id: 'm-2' } }, {}, {}, 'gate.notAssigned'],
    [
      'a key with the id of a member',
      { assignee: { kind: 'member', id: 'm-1' } },
      {},
      { kind: 'apiKey' },
      'gate.notAssigned',
    ],
    [
      'a number that is missing',
      {
        outcomes: [
          { name: 'approve', label: 'A', fields: [{ name: 'n', label: 'N', kind: 'integer', min: 0, max: 5 }] },
        ],
      },
      {},
      {},
      'gate.fieldInvalid',
    ],
    [
      'a number that is too large',
      {
        outcomes: [
          { name: 'approve', label: 'A', fields: [{ name: 'n', label: 'N', kind: 'integer', min: 0, max: 5 }] },
        ],
      },
      { form: { n: 6 } },
      {},
      'gate.fieldInvalid',
    ],
    ['the requester', {}, {}, { id: 'm-requester' }, 'gate.separationOfDuties'],
    ['a key of the requester', {}, {}, { kind: 'apiKey', createdBy: 'm-requester' }, 'gate.separationOfDuties'],
    ['an older round', {}, { round: 1 }, {}, 'gate.stale'],
    ['other content', {}, { expectedHash: 'abd' }, {}, 'gate.stale'],
    ['a decided gate', { status: 'decided' }, {}, {}, 'gate.decided'],
    ['an expired gate', { status: 'expired' }, {}, {}, 'gate.expired'],
    ['a withdrawn gate', { status: 'withdrawn' }, {}, {}, 'gate.withdrawn'],
    ['a deadline that has passed', { dueAt: now }, {}, {}, 'gate.expired'],
    ['an outcome it does not have', {}, { outcome: 'toString' }, {}, 'gate.unknownOutcome'],
    ['a missing comment', {}, { outcome: 'reject', comment: '  ' }, {}, 'gate.commentRequired'],
  ])('refuses %s', (_name, gateChange, ballotChange, deciderChange, code) => {
    const validated = validateDecision(
      { ...gate, ...gateChange },
      { ...decision, ...ballotChange },
      { ...decider, ...deciderChange },
      none,
    );
    expect(validated).toMatchObject({ kind: 'refused', code });
  });

  it('lets a person decide after a deadline that brings no outcome', () => {
    expect(validateDecision({ ...gate, dueAt: now, onTimeout: null }, decision, decider, none)).toEqual({
      kind: 'settles',
    });
  });

  it('recognises the same decision of the same person, and no other', () => {
    const decided = { ...gate, status: 'decided' as const };
    expect(validateDecision(decided, decision, decider, { now, earlierOutcome: 'approve' })).toEqual({
      kind: 'repeats',
    });
    expect(validateDecision(decided, decision, decider, { now, earlierOutcome: 'reject' })).toMatchObject({
      kind: 'refused',
    });
  });

  it(
    'never settles a gate that is closed, or for a round, content, role or outcome that is not its own',
    unlimited,
    () => {
      fc.assert(
        fc.property(
          fc.record({
            status: fc.constantFrom('open', 'decided', 'expired', 'withdrawn'),
            round: fc.integer({ min: 1, max: 3 }),
            expectedHash: fc.constantFrom('abc', 'abd'),
            outcome: fc.constantFrom('approve', 'reject', 'other'),
            comment: fc.constantFrom(null, '', 'because'),
            held: fc.subarray([...roles]),
            id: fc.constantFrom('m-1', 'm-requester'),
            dueAt: fc.constantFrom(null, now, '2026-11-24T12:00:00Z'),
          }),
          (drawn) => {
            const validated = validateDecision(
              { ...gate, status: drawn.status, dueAt: drawn.dueAt },
              { outcome: drawn.outcome, round: drawn.round, expectedHash: drawn.expectedHash, comment: drawn.comment },
              { ...decider, id: drawn.id, roles: drawn.held },
              none,
            );
            const mayPass =
              drawn.status === 'open' &&
              drawn.round === 2 &&
              drawn.expectedHash === 'abc' &&
              drawn.held.includes('approver') &&
              drawn.id !== 'm-requester' &&
              drawn.dueAt !== now &&
              (drawn.outcome === 'approve' || (drawn.outcome === 'reject' && drawn.comment === 'because'));
            expect(validated.kind === 'settles').toBe(mayPass);
          },
        ),
      );
    },
  );
});
