import { expect, it } from 'vitest';
import type { Mail } from '../../contracts/messaging/actions.ts';
import { EnrollmentWalk } from '../../test/support/enrollment-walk.ts';

const now = '2026-11-29T09:00:00.000Z';
const later = '2026-11-29T10:00:00.000Z';
const pageUrl = 'https://school.example/e/x.y';

const mailsOf = (walk: EnrollmentWalk): [string, Mail][] =>
  walk.last.actions.flatMap(({ activity, step, params }) =>
    activity === 'sendMessage' ? [[step, params as Mail] as [string, Mail]] : [],
  );

it('leads learners to their own page from the queue, the offer and the payment (courses F8, D1)', () => {
  const walk = new EnrollmentWalk(now, { pageUrl })
    .answer('checkEligibility', { isEligible: true })
    .answer('takeSeat', { seat: 'waitlisted', position: 2 });
  const found = [...mailsOf(walk)];
  found.push(...mailsOf(walk.settleMails().send('seatOffered', { expiresAt: later })));
  walk.settleMails().send('offerAnswer', { answer: 'accept' }).answer('takeSeat', { seat: 'held', expiresAt: later });
  found.push(...mailsOf(walk.answer('createCheckout', { url: 'https://pay.example', checkoutId: 'cs_1' })));
  expect(found.map(([step]) => step)).toEqual(['queue-mail', 'offer-mail', 'payment-mail']);
  for (const [, { content, variables }] of found) {
    expect(variables['page']).toBe(pageUrl);
    expect(content.kind === 'inline' && content.markdown).toContain(']({{ page }})');
  }
});
