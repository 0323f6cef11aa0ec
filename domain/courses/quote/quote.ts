import { DateTime } from 'luxon';
import type { ProRataRow, WithdrawalPolicy } from '../../../contracts/courses/course.schema.ts';
import type { QuoteFacts, QuoteLine, RefundQuote } from '../../../contracts/courses/enrollment.ts';
import { isReached, later, plus } from '../../time/time.ts';
import { amountStep } from '../../words/amounts.ts';

/** 100 % in hundredths of a percent. */
const whole = 10_000;

/**
 * What the policy refunds to a learner who withdraws at `asOf`, line by line with its reason. The same policy, facts and
 * instant give the same quote, wherever it is computed. Both ends count for the learner: the last instant of the window is
 * in it, and progress of exactly `upToPercent` is in that row. Fractions of what the currency's
 * amounts differ by are rounded up to the learner.
 *
 * The shape covers the published rules it was made from: California Education Code 94920 (the later of the first class and
 * the seventh day: all less a fee; then pro rata up to 60 %; above it nothing) and coding schools' own (a window, a fee
 * before the start, pro rata up to 50 %). A policy is an example, not legal advice; its `source` says where its rule is written.
 */
export function quote(policy: WithdrawalPolicy, facts: QuoteFacts, asOf: string): RefundQuote {
  const paid: QuoteLine = { code: 'paid', reason: 'Paid so far', amountMinor: facts.paidMinor };
  const given = refundLine(policy, facts, asOf);
  const fee = feeOn(policy, given);
  const refundMinor = given.amountMinor + (fee?.amountMinor ?? 0);
  return {
    policyVersion: policy.version,
    asOf,
    currency: facts.currency,
    paidMinor: facts.paidMinor,
    refundMinor,
    retainedMinor: facts.paidMinor - refundMinor,
    lines: [paid, given, ...(fee ? [fee] : [])],
  };
}

/** A quote after some of the payment went back elsewhere, which counts towards it: nothing is given back twice. */
export function lessGone(made: RefundQuote, goneMinor: number): RefundQuote {
  const refundMinor = Math.max(made.refundMinor - goneMinor, 0);
  const paidMinor = made.paidMinor - goneMinor;
  const line = {
    code: 'goneSince',
    reason: 'Gone back since at the payment service',
    amountMinor: -goneMinor,
  } as const;
  return { ...made, paidMinor, refundMinor, retainedMinor: paidMinor - refundMinor, lines: [...made.lines, line] };
}

/** The last instant at which everything comes back. */
export function fullRefundUntil(policy: WithdrawalPolicy, facts: QuoteFacts): string {
  return plus(anchorOf(policy, facts), policy.fullRefundWithin, facts.zone);
}

function anchorOf(policy: WithdrawalPolicy, facts: QuoteFacts): string {
  const start = facts.startsAt ?? facts.enrolledAt;
  switch (policy.anchor) {
    case 'enrollment':
      return facts.enrolledAt;
    case 'start':
      return start;
    case 'laterOfBoth':
      return later(facts.enrolledAt, start);
  }
}

function refundLine(policy: WithdrawalPolicy, facts: QuoteFacts, asOf: string): QuoteLine {
  const blocker = policy.blockers.find((name) => (name === 'completed' ? facts.isCompleted : facts.isPassed));
  if (blocker) {
    const reason = blocker === 'completed' ? 'The course is completed' : 'The course is passed';
    return { code: 'blocked', reason, amountMinor: 0 };
  }
  const until = fullRefundUntil(policy, facts);
  if (isReached(asOf, until)) {
    return {
      code: 'fullRefund',
      reason: `Withdrawn by ${dayText(until, facts.zone)}: all of it`,
      amountMinor: facts.paidMinor,
    };
  }
  const row = policy.proRata.find(({ upToPercent }) => facts.progressBasisPoints <= basisPoints(upToPercent));
  if (row) return proRata(row, facts);
  const done = percentText(facts.progressBasisPoints);
  return {
    code: 'nothingLeft',
    reason: `Withdrawn after ${dayText(until, facts.zone)} with ${done} done: nothing`,
    amountMinor: 0,
  };
}

function proRata(row: ProRataRow, facts: QuoteFacts): QuoteLine {
  const share = row.refund === 'unused' ? whole - facts.progressBasisPoints : basisPoints(row.refund);
  const done = percentText(facts.progressBasisPoints);
  const rule = row.refund === 'unused' ? `the unused ${percentText(share)}` : percentText(share);
  return {
    code: 'proRata',
    reason: `${done} done, which is up to ${row.upToPercent} %: ${rule} of what was paid`,
    amountMinor: upTo((facts.paidMinor * share) / whole, facts),
  };
}

/** Rounded up to the learner, to an amount that can be paid in the currency, and never more than was paid. */
function upTo(amount: number, { currency, paidMinor }: QuoteFacts): number {
  const step = amountStep(currency);
  return Math.min(Math.ceil(amount / step) * step, paidMinor);
}

function feeOn(policy: WithdrawalPolicy, given: QuoteLine): QuoteLine | null {
  const { fee } = policy;
  const isOnIt =
    (given.code === 'fullRefund' && fee.on !== 'proRata') || (given.code === 'proRata' && fee.on !== 'full');
  const amountMinor = Math.min(fee.amountMinor, given.amountMinor);
  if (!isOnIt || amountMinor === 0) return null;
  return { code: 'fee', reason: 'Fee kept back for the withdrawal', amountMinor: -amountMinor };
}

/** Exact for steps of a hundredth of a percent, whatever binary fractions make of 0.1. */
function basisPoints(percent: number): number {
  return Math.round(percent * 100);
}

function percentText(points: number): string {
  return `${points / 100} %`;
}

function dayText(instant: string, zone: string): string {
  return DateTime.fromISO(instant, { zone, locale: 'en' }).toFormat("d LLLL yyyy 'at' HH:mm ZZZZ");
}
