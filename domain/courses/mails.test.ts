import { expect, it } from 'vitest';
import type { Mail } from '../../contracts/messaging/actions.ts';
import { renderMessage, sourceOf } from '../messaging/render-message.ts';
import { enrollmentTerms as terms } from '../../test/support/enrollment-terms.ts';
import { EnrollmentWalk } from '../../test/support/enrollment-walk.ts';
import * as mails from './mails.ts';

it('goes to a learner who has unsubscribed, whatever it says: a seat, a payment, an end (simplereport#8401)', () => {
  const at = '2026-12-01T10:00:00.000Z';
  const made = {
    welcomeMail: mails.welcomeMail(terms, at),
    paymentMail: mails.paymentMail(terms, { expiresAt: at, url: 'https://pay.example' }),
    underWayMail: mails.underWayMail(terms, at),
    moneyBackMail: mails.moneyBackMail(terms, { amountMinor: 1, currency: 'EUR', problem: 'x' }),
    offerMail: mails.offerMail(terms, at),
    completionMail: mails.completionMail(terms),
    endingMail: mails.endingMail(terms, { status: 'exited', outcome: 'withdrawn', reason: 'x' } as never, 1),
  };
  for (const [name, mail] of Object.entries(made)) expect([name, mail.isTransactional]).toEqual([name, true]);
});

it('takes a title as it is written, braces too (sendgrid-nodejs 741, craft-brief 16)', () => {
  const courseTitle = 'R&D {{ basics }} {% if';
  const mail = mails.completionMail({ ...terms, courseTitle });
  const { subject, html } = renderMessage(sourceOf(mail, undefined), mail.variables, null);
  expect(subject).toBe(`You completed ${courseTitle}`);
  expect(html).toContain('R&amp;D {{ basics }} {% if');
});

const now = '2026-12-01T09:00:00.000Z';
const endingMailOf = ({ last }: EnrollmentWalk) =>
  JSON.stringify(last.actions.filter(({ step }) => step === 'ending-mail'));

it('leaves out what an operator wrote for the school: the learner reads that the school has ended it (alf.io, pretix: notes)', () => {
  const walk = new EnrollmentWalk(now)
    .answer('checkEligibility', { isEligible: true })
    .answer('takeSeat', { seat: 'waitlisted', position: 1 })
    .settleMails()
    .send('exit', { reason: 'Chargeback fraud, never again' })
    .answer('releaseSeat', {});
  expect(endingMailOf(walk)).toContain('the school has ended it');
  expect(endingMailOf(walk)).not.toContain('fraud');
});

it('leaves out what a service answered (WonderTix 458, epcon 1259)', () => {
  const walk = new EnrollmentWalk(now).answer('checkEligibility', null);
  expect(endingMailOf(walk)).toContain('please write to the school');
  expect(endingMailOf(walk)).not.toMatch(/it failed|prerequisites could not/);
});

it('says of a course run that has begun that the learner can start at once, not that it starts in the past', () => {
  const begun = { ...terms, startsAt: '2026-11-01T09:00:00.000Z' };
  const textOf = (mail: Mail) => mail.content.kind === 'inline' && mail.content.markdown;
  expect(textOf(mails.welcomeMail(begun, now))).toContain('You can start at once');
  expect(textOf(mails.welcomeMail({ ...begun, startsAt: '2027-01-01T09:00:00.000Z' }, now))).toContain('It starts on');
});
