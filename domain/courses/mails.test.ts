import { expect, it } from 'vitest';
import { enrollmentTerms as terms } from '../../test/support/enrollment-terms.ts';
import * as mails from './mails.ts';

it('goes to a learner who has unsubscribed, whatever it says: a seat, a payment, an end (simplereport#8401)', () => {
  const at = '2026-12-01T10:00:00.000Z';
  const made = {
    welcomeMail: mails.welcomeMail(terms),
    paymentMail: mails.paymentMail(terms, { expiresAt: at, url: 'https://pay.example' }),
    underWayMail: mails.underWayMail(terms, at),
    moneyBackMail: mails.moneyBackMail(terms, { amountMinor: 1, currency: 'EUR', problem: 'x' }),
    offerMail: mails.offerMail(terms, at),
    completionMail: mails.completionMail(terms),
    endingMail: mails.endingMail(terms, { status: 'exited', outcome: 'withdrawn', reason: 'x' } as never, 1),
  };
  for (const [name, mail] of Object.entries(made)) expect([name, mail.isTransactional]).toEqual([name, true]);
});
