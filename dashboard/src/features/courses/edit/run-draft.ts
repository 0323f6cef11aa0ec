import type { z } from 'zod';
import { CourseRunInput, type WithdrawalPolicy } from '../../../../../contracts/courses/course.schema.ts';
import { currencyRule } from '../../../../../contracts/core/currencies.ts';
import { instantOf, localTime } from '../../../../../domain/time/time.ts';
import { minorDigits } from '../../../../../domain/words/amounts.ts';
import { durationOf, type Span, spanOf } from './span.ts';

/** A row of the table by which a part comes back; both are percentages, `unused` stands for the part that was not done. */
export type RefundRow = { upTo: string; refund: string };

/** A course run as it is typed. Amounts are in units of the currency; instants are what the clock of `zone` shows. */
export type RunDraft = {
  title: string;
  capacity: string;
  waitlistCapacity: string;
  price: string;
  currency: string;
  hold: Span;
  offer: Span;
  zone: string;
  startsAt: string;
  endsAt: string;
  source: string;
  anchor: WithdrawalPolicy['anchor'];
  fullRefund: Span;
  rows: readonly RefundRow[];
  blockers: WithdrawalPolicy['blockers'];
  fee: string;
  feeOn: WithdrawalPolicy['fee']['on'];
  decide: Span;
  whileDeciding: NonNullable<WithdrawalPolicy['whileDeciding']> | '';
};

/** What a new run begins with: two weeks to change one's mind, an hour to pay, a day to answer an offer. */
export function newRunDraft(zone: string): RunDraft {
  return {
    title: '',
    capacity: '20',
    waitlistCapacity: '10',
    price: '0',
    currency: 'EUR',
    hold: { count: '1', unit: 'hours' },
    offer: { count: '1', unit: 'days' },
    zone,
    startsAt: '',
    endsAt: '',
    source: '',
    anchor: 'enrollment',
    fullRefund: { count: '14', unit: 'days' },
    rows: [],
    blockers: ['completed'],
    fee: '0',
    feeOn: 'both',
    decide: { count: '3', unit: 'days' },
    whileDeciding: 'noAccess',
  };
}

/** A stored run as it is typed. */
export function runDraftOf(run: CourseRunInput): RunDraft {
  const { withdrawal, zone, currency } = run;
  const local = (at: string | undefined): string => (at === undefined ? '' : localTime(at, zone));
  return {
    title: run.title,
    capacity: String(run.capacity),
    waitlistCapacity: String(run.waitlistCapacity),
    price: majorOf(run.priceMinor, currency),
    currency,
    hold: spanOf(run.holdFor),
    offer: spanOf(run.offerFor),
    zone,
    startsAt: local(run.startsAt),
    endsAt: local(run.endsAt),
    source: withdrawal.source,
    anchor: withdrawal.anchor,
    fullRefund: spanOf(withdrawal.fullRefundWithin),
    rows: withdrawal.proRata.map(({ upToPercent, refund }) => ({ upTo: String(upToPercent), refund: String(refund) })),
    blockers: withdrawal.blockers,
    fee: majorOf(withdrawal.fee.amountMinor, currency),
    feeOn: withdrawal.fee.on,
    decide: spanOf(withdrawal.decideWithin),
    whileDeciding: withdrawal.whileDeciding ?? '',
  };
}

/** What is wrong with what is typed: the field of `CourseRunInput` (`withdrawal.fee.amountMinor`), how, and the words of its rule. */
export type RunProblem = { path: string; kind: 'missing' | 'number' | 'rule'; message: string };

/**
 * The course run that is typed, or what is wrong with it. `before` is the stored one: an instant that was not touched keeps its seconds, and
 * other terms of withdrawal get the next version.
 */
export function runOf(
  draft: RunDraft,
  before: CourseRunInput | null,
): { run: CourseRunInput | null; problems: RunProblem[] } {
  const instant = (local: string, stored: string | undefined): string | undefined => {
    if (local === '') return undefined;
    const isUntouched = stored !== undefined && before?.zone === draft.zone && localTime(stored, draft.zone) === local;
    return isUntouched ? stored : (instantOf(local, draft.zone) ?? local);
  };
  const startsAt = instant(draft.startsAt, before?.startsAt);
  const endsAt = instant(draft.endsAt, before?.endsAt);
  const terms = {
    source: draft.source,
    anchor: draft.anchor,
    fullRefundWithin: durationOf(draft.fullRefund),
    proRata: draft.rows.map(({ upTo, refund }) => ({
      upToPercent: numberOf(upTo, 2),
      refund: refund === 'unused' ? refund : numberOf(refund, 2),
    })),
    blockers: draft.blockers,
    fee: { amountMinor: minorOf(draft.fee, draft.currency), on: draft.feeOn },
    decideWithin: durationOf(draft.decide),
    ...(draft.whileDeciding === '' ? {} : { whileDeciding: draft.whileDeciding }),
  };
  const result = CourseRunInput.safeParse({
    title: draft.title,
    capacity: numberOf(draft.capacity, 0),
    waitlistCapacity: numberOf(draft.waitlistCapacity, 0),
    priceMinor: minorOf(draft.price, draft.currency),
    currency: draft.currency,
    holdFor: durationOf(draft.hold),
    offerFor: durationOf(draft.offer),
    zone: draft.zone,
    ...(startsAt === undefined ? {} : { startsAt }),
    ...(endsAt === undefined ? {} : { endsAt }),
    withdrawal: { version: versionOf(terms, before?.withdrawal), ...terms },
  });
  if (result.success) return { run: result.data, problems: [] };
  return { run: null, problems: result.error.issues.map(problemOf) };
}

function problemOf(issue: z.core.$ZodIssue): RunProblem {
  const isMissing = issue.code === 'too_small' && issue.origin === 'string';
  const isNumber = ['too_small', 'too_big', 'invalid_type', 'not_multiple_of', 'invalid_union'].includes(issue.code);
  const kind = isMissing ? 'missing' : isNumber ? 'number' : 'rule';
  return { path: issue.path.join('.'), kind, message: issue.message };
}

/** Terms that change are other terms: they get the next version, and who has agreed to those of before keeps them. */
function versionOf(terms: object, before: WithdrawalPolicy | undefined): number {
  if (!before) return 1;
  const { version, ...stored } = before;
  return JSON.stringify(sorted(terms)) === JSON.stringify(sorted(stored)) ? version : version + 1;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([name, part]) => [name, sorted(part)]),
  );
}

/**
 * A typed number with at most so many decimals; what is none stays a text, so that it is refused and not taken for 0. More decimals are refused
 * too, as `1,200` is a thousand to most people who write it.
 */
function numberOf(text: string, decimals: number): number | string {
  const [, whole, part = ''] = /^(-?\d+)(?:[.,](\d+))?$/.exec(text.trim()) ?? [];
  return whole === undefined || part.length > decimals ? text : Number(`${whole}.${part}`);
}

function minorOf(text: string, currency: string): number | string {
  if (!currencyRule(currency)) return numberOf(text, 2);
  const digits = minorDigits(currency);
  const amount = numberOf(text, digits);
  // A whole number but for what binary fractions lose.
  return typeof amount === 'string' ? amount : Math.round(amount * 10 ** digits);
}

function majorOf(minor: number, currency: string): string {
  const digits = minorDigits(currency);
  return (minor / 10 ** digits).toFixed(minor % 10 ** digits === 0 ? 0 : digits);
}
