import { DateTime } from 'luxon';
import type { EnrollmentTerms, RefundQuote } from '../../contracts/courses/enrollment.ts';
import type { JsonObject } from '../../contracts/core/machine.ts';
import type { Mail } from '../../contracts/messaging/actions.ts';
import { isReached } from '../time/time.ts';
import { money } from '../words/amounts.ts';
import type { Dates } from './dates/dates.ts';
import { endingWords } from './ending-words.ts';
import type { Ending } from './state.ts';

/** Says that the learner is in. */
export function welcomeMail(terms: EnrollmentTerms, now: string): Mail {
  const isOpen = terms.startsAt === null || isReached(terms.startsAt, now);
  const start = isOpen ? 'You can start at once.' : 'It starts on {{ startsAt }}.';
  return mail(
    terms,
    `Welcome to ${terms.courseTitle}`,
    `Your seat in **{{ course }}**, {{ run }}, is confirmed. ${start}`,
  );
}

/** Asks for the payment while the seat is held. */
export function paymentMail(terms: EnrollmentTerms, hold: { expiresAt: string; url: string }): Mail {
  const words =
    'A seat in **{{ course }}**, {{ run }}, is kept for you until {{ until }}. [Pay {{ price }}]({{ url }}) to keep it.';
  const variables = {
    until: shown(terms, hold.expiresAt),
    url: hold.url,
    price: money(terms.priceMinor, terms.currency),
  };
  return mail(terms, `Your seat in ${terms.courseTitle}`, words, variables);
}

/** Says that the money is awaited, and until when the seat is kept for it. */
export function underWayMail(terms: EnrollmentTerms, until: string): Mail {
  const words =
    'Your payment for **{{ course }}**, {{ run }}, is under way. It may take some days; your seat is kept for you until {{ until }}. There is nothing more to do.';
  return mail(terms, `Your payment for ${terms.courseTitle} is under way`, words, { until: shown(terms, until) });
}

/** Says that money comes back which paid for no seat, and why. */
export function moneyBackMail(
  terms: EnrollmentTerms,
  { amountMinor, currency, problem }: { amountMinor: number; currency: string; problem: string },
): Mail {
  const words =
    'We received {{ amount }} for **{{ course }}**, {{ run }}, and give it back: {{ problem }}. It will be on its way to the account you paid from.';
  return mail(terms, `Your payment for ${terms.courseTitle}`, words, { amount: money(amountMinor, currency), problem });
}

/** Says that the learner is in the queue, and where; with the way to their own page, which is what it is for. */
export function queueMail(terms: EnrollmentTerms, position: number | null): Mail {
  const place = position === null ? 'You are in the queue' : 'You are number {{ position }} in the queue';
  const words = `${place} for **{{ course }}**, {{ run }}. When a seat becomes free you get a mail and some time to answer.`;
  return mail(terms, `You are in the queue for ${terms.courseTitle}`, words, { position });
}

/** Offers a seat that was freed. */
export function offerMail(terms: EnrollmentTerms, expiresAt: string): Mail {
  const answer =
    terms.pageUrl === undefined ? 'Accept or decline it by then' : '[Accept or decline it]({{ page }}) by then';
  const words = `A seat in **{{ course }}**, {{ run }}, has become free and is kept for you until {{ until }}. ${answer}; after that it goes to the next in line.`;
  return mail(terms, `A seat in ${terms.courseTitle} is free`, words, { until: shown(terms, expiresAt) });
}

/** Says until when an offered or held seat is kept now that a person has given more time. */
export function moreTimeMail(terms: EnrollmentTerms, until: string): Mail {
  const words = 'You have more time: your seat in **{{ course }}**, {{ run }}, is kept for you until {{ until }}.';
  return mail(terms, `More time for your seat in ${terms.courseTitle}`, words, { until: shown(terms, until) });
}

/** What a person has written to the learners of the course run, as it is; `message` is its id, by which its mails are counted. */
export function courseMessageMail(
  terms: EnrollmentTerms,
  { subject, ...variables }: { message: string; subject: string; words: string },
): Mail {
  return mail(terms, subject, '{{ words }}', variables);
}

/** Says that the dates of the course run have moved, and from what. */
export function datesMail(terms: EnrollmentTerms, before: Dates): Mail {
  const words = 'The dates of **{{ course }}**, {{ run }}, have changed.\n\nNow: {{ now }}.\n\nBefore: {{ before }}.';
  const variables = { now: datesText(terms, terms), before: datesText(terms, before) };
  return mail(terms, `New dates of ${terms.courseTitle}`, words, variables);
}

function datesText(terms: EnrollmentTerms, { startsAt, endsAt }: Dates): string {
  const start = startsAt === null ? 'open at once' : `from ${shown(terms, startsAt)}`;
  return endsAt === null ? `${start}, without an end` : `${start} until ${shown(terms, endsAt)}`;
}

/** Says that the course is completed. */
export function completionMail(terms: EnrollmentTerms): Mail {
  return mail(terms, `You completed ${terms.courseTitle}`, 'You have completed **{{ course }}**. Well done.');
}

/** Says how it ended, and what comes back. */
export function endingMail(terms: EnrollmentTerms, ending: Ending, refundMinor: number): Mail {
  const refund = refundMinor > 0 ? ' {{ refund }} will be on its way to the account you paid from.' : '';
  const words = `Your enrollment in **{{ course }}**, {{ run }}, has ended: {{ reason }}.${refund}`;
  const variables = { reason: endingWords(ending), refund: money(refundMinor, terms.currency) };
  return mail(terms, `Your enrollment in ${terms.courseTitle}`, words, variables);
}

/** What the person who decides about a refund sees: the quote's lines with their reasons, and what the learner wrote. */
export function quoteContent(quote: RefundQuote, reason: string, problem: string | null): JsonObject {
  return {
    reasonGiven: reason,
    policyVersion: quote.policyVersion,
    asOf: quote.asOf,
    lines: quote.lines.map((line) => ({ reason: line.reason, amount: money(line.amountMinor, quote.currency) })),
    refund: money(quote.refundMinor, quote.currency),
    refundMinor: quote.refundMinor,
    paidMinor: quote.paidMinor,
    currency: quote.currency,
    ...(problem === null ? {} : { problem }),
  };
}

/**
 * Liquid and Markdown; what people wrote is among the variables alone. About what the learner booked, so it is sent to who has unsubscribed too.
 * Each mail leads to the learner's own page.
 */
function mail(terms: EnrollmentTerms, subject: string, markdown: string, more: JsonObject = {}): Mail {
  const startsAt = terms.startsAt === null ? null : shown(terms, terms.startsAt);
  const { pageUrl } = terms;
  const variables = { course: terms.courseTitle, run: terms.runTitle, startsAt, ...more };
  const isTransactional = true;
  if (pageUrl === undefined) return { content: { kind: 'inline', subject, markdown }, variables, isTransactional };
  const content = { kind: 'inline', subject, markdown: `${markdown}\n\n[See where you stand]({{ page }}).` } as const;
  return { content, variables: { ...variables, page: pageUrl }, isTransactional };
}

function shown(terms: EnrollmentTerms, instant: string): string {
  return DateTime.fromISO(instant, { zone: terms.zone, locale: 'en' }).toFormat("d LLLL yyyy 'at' HH:mm ZZZZ");
}
