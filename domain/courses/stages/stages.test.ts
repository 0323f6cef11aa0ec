import { globSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Action } from '../../../contracts/core/actions.ts';
import type { Advanced, JsonObject, MailboxItem } from '../../../contracts/core/machine.ts';
import { ACTION_DONE } from '../../../contracts/core/recorded-names.ts';
import '../../../test/support/properties.ts';
import { advanceEnrollment } from '../machine.ts';
import type { ClosingAct, EnrollmentState, Stage, StageKind } from '../state.ts';
import { lineOf, stages } from './stages.ts';
import { stagePicture } from '../../../test/support/stage-picture.ts';
import { enrollmentTerms } from '../../../test/support/enrollment-terms.ts';

type Result = Advanced<EnrollmentState>;
/** One move of a walk: which of all that can happen happens, and in which way. */
type Move = { what: number; how: number };

const start = Date.parse('2026-11-29T09:00:00Z');
const hour = 3_600_000;
const instant = (ms: number): string => new Date(ms).toISOString();

/** What each action may come to; no payload stands for a failure. */
const answersOf = (now: number): Partial<Record<Action['activity'], (JsonObject | null)[]>> => ({
  checkEligibility: [{ isEligible: true }, { isEligible: true }, { isEligible: false, missing: ['basics'] }, null],
  takeSeat: [
    { seat: 'held', expiresAt: instant(now + hour) },
    { seat: 'held', expiresAt: instant(now + hour) },
    { seat: 'waitlisted', position: 1 },
    { seat: 'full' },
    { seat: 'lost' },
    null,
  ],
  createCheckout: [{ url: 'https://pay.example', checkoutId: 'cs' }, null],
  expireCheckout: [
    { checkout: 'expired' },
    { checkout: 'none' },
    { checkout: 'underWay' },
    { checkout: 'paid', paymentIntent: 'pi-late', amountMinor: 12_000 },
    null,
  ],
  sendMessage: [{}, { unknown: true }, null],
  confirmSeat: [{ seat: 'confirmed' }, { seat: 'confirmed' }, { seat: 'lost' }, null],
});

/** The messages that may come at any time. */
const messages = (now: number): Pick<MailboxItem, 'kind' | 'payload'>[] => [
  { kind: 'payment', payload: { status: 'paid', paymentIntent: 'pi-1', amountMinor: 12_000 } },
  { kind: 'payment', payload: { status: 'paid', paymentIntent: 'pi-2', amountMinor: 12_000 } },
  { kind: 'payment', payload: { status: 'underWay' } },
  { kind: 'payment', payload: { status: 'failed' } },
  { kind: 'payment', payload: { status: 'expired' } },
  { kind: 'seatOffered', payload: { expiresAt: instant(now + hour) } },
  { kind: 'seatOffered', payload: { expiresAt: instant(now - hour) } },
  { kind: 'offerAnswer', payload: { answer: 'accept' } },
  { kind: 'offerAnswer', payload: { answer: 'decline' } },
  { kind: 'ineligible', payload: { missing: ['basics'] } },
  { kind: 'progress', payload: { verb: 'completed' } },
  { kind: 'stay', payload: {} },
  { kind: 'withdraw', payload: { reason: 'Moving away' } },
  // Twice, as little else leads to these ends.
  { kind: 'withdraw', payload: { reason: 'Moving away' } },
  { kind: 'exit', payload: { reason: 'The course is cancelled' } },
  { kind: 'exit', payload: { reason: 'The course is cancelled' } },
];

/** Everything that can happen now, what is open the likeliest. */
function choices({ actions, gates, dueAt }: Result, now: number, how: number): { item?: object; at?: number }[] {
  const answered = actions.map(({ id, activity }) => {
    const all = answersOf(now)[activity] ?? [{}, {}, null];
    const payload = all[how % all.length];
    const failed = { kind: 'failed', ref: id, payload: { type: 'test', message: 'it failed' } };
    return { item: payload ? { kind: ACTION_DONE, ref: id, payload } : failed };
  });
  const decided = gates.map(({ step, visit, outcomes }) => {
    const outcome = outcomes[how % outcomes.length]?.name ?? '';
    return { item: { kind: 'gate', payload: { step, visit, outcome, form: { refundMinor: how % 20_000 } } } };
  });
  const all = messages(now);
  const due = dueAt === null ? [] : [{ at: Math.max(now, Date.parse(dueAt)) }];
  return [...answered, ...answered, ...decided, ...due, { item: all[how % all.length] ?? {} }];
}

/** The stage of each step of the timeline; the end has one for each act. */
const acts: ClosingAct[] = ['expireCheckout', 'release', 'watch'];
const stageOfStep = new Map(
  Object.keys(stages).flatMap((kind) =>
    acts.map((act) => [lineOf({ kind, acts: [act] } as unknown as Stage)?.step, kind as StageKind] as const),
  ),
);

/** The stages that a turn went through, by the timeline's lines that it began. */
function stagesOf(before: Result | null, after: Result): StageKind[] {
  const entered = after.steps.flatMap(({ step, visit }) => {
    const stage = stageOfStep.get(step);
    const isNew = (before?.state.visits[step] ?? 0) < visit;
    return stage && isNew ? [stage] : [];
  });
  return [...(before ? [before.state.stage.kind] : []), ...entered, after.state.stage.kind];
}

/** So many moves after an end show whether anything leads out of it. */
const movesAfterEnd = 4;

/** Walks through one enrollment. @returns the stages in their order */
function walk(moves: readonly Move[], priceMinor: number): StageKind[] {
  let now = start;
  let seq = 0;
  const mine = { ...enrollmentTerms, priceMinor };
  let last = advanceEnrollment(mine, null, { now: instant(now), mailbox: [] });
  const path = stagesOf(null, last);
  let left = movesAfterEnd;
  for (const { what, how } of moves) {
    if (last.state.stage.kind === 'ended' && (left -= 1) < 0) break;
    const all = choices(last, now, how);
    const { item, at = now + 1 } = all[what % all.length] ?? {};
    now = at;
    const mailbox = item ? [{ seq: ++seq, ref: null, payload: {}, at: instant(now), kind: '', ...item }] : [];
    const next = advanceEnrollment(mine, last.state, { now: instant(now), mailbox });
    path.push(...stagesOf(last, next));
    last = next;
  }
  return path;
}

describe('the stages of an enrollment', () => {
  // Small numbers come no more often than others: each choice is as likely.
  const anyNumber = fc.noBias(fc.nat(99_999));
  const walks = fc
    .sample(fc.array(fc.record({ what: anyNumber, how: anyNumber }), { minLength: 40, maxLength: 40 }), {
      numRuns: 20_000,
      seed: 20_261_129,
    })
    .map((moves, index) => walk(moves, index % 5 === 0 ? 0 : 12_000));

  it('lead where their records say, and nowhere else', () => {
    const seen = new Set(walks.flatMap((path) => path.slice(1).map((to, at) => `${path[at]} > ${to}`)));
    const taken = new Map<StageKind, Set<StageKind>>();
    for (const edge of seen) {
      const [from, to] = edge.split(' > ') as [StageKind, StageKind];
      if (from !== to || from === 'deciding') taken.set(from, (taken.get(from) ?? new Set()).add(to));
    }
    for (const [from, { leadsTo }] of Object.entries(stages) as [StageKind, { leadsTo: readonly StageKind[] }][]) {
      // The end of one who has nothing to refund or to release begins and is over in one turn.
      const through = [...(taken.get(from) ?? [])].map((to) => (to === 'ended' && from !== 'closing' ? 'closing' : to));
      expect([from, [...new Set(through)].toSorted()]).toEqual([from, [...leadsTo].toSorted()]);
    }
  });

  it('are the only place that tells them apart, and lists them', () => {
    // What is computed from a payment under way, and an end, is in their own state.
    const { payment: _payment, closing: _closing, ended: _ended, ...others } = stages;
    const names = Object.keys(others).join('|');
    const all = Object.keys(stages).join('|');
    const asks = new RegExp(
      `switch \\(([\\w.]+\\.)?stage\\.kind\\)|\\bstage\\.kind [!=]== '(${names})'|'(${all})',\\s*'(${all})'`,
    );
    const files = globSync('domain/courses/**/*.ts', { exclude: ['domain/courses/stages/**', '**/*.test.ts'] });
    expect(files.filter((file) => asks.test(readFileSync(file, 'utf8')))).toEqual([]);
  });

  it('end every walk that goes on for long enough', () => {
    expect(walks.filter((path) => path.includes('ended')).length).toBeGreaterThan(walks.length / 2);
  });

  it('are drawn in the docs as they are', () => {
    const page = readFileSync(new URL('../../../docs/enrollments.md', import.meta.url), 'utf8');
    expect(page).toContain(stagePicture(stages, ['ended']));
  });
});
