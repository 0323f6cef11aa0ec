import { expect, it } from 'vitest';
import { EnrollmentWalk } from '../../test/support/enrollment-walk.ts';
import { missingMails } from './mail-incidents.ts';

const held = () =>
  new EnrollmentWalk('2026-11-01T09:00:00.000Z')
    .answer('checkEligibility', { isEligible: true })
    .answer('takeSeat', { seat: 'held', expiresAt: '2026-11-01T10:00:00.000Z' })
    .answer('createCheckout', { url: 'https://pay.example', checkoutId: 'cs_1' });

it('says that the mail with the payment link was refused: the seat was lost while every page said that all was well', () => {
  expect(missingMails(held().answer('sendMessage', null).last)).toEqual([
    expect.stringMatching(/did not reach.*it failed/),
  ]);
});

it('says so of one that was left out, as for an address that does not exist', () => {
  const { last } = held().answer('sendMessage', { skipped: 'there is no such address' });
  expect(missingMails(last)).toEqual([expect.stringContaining('there is no such address')]);
});

it('says nothing of one that arrived, nor of one of unknown end, about which an approval asks', () => {
  expect(missingMails(held().answer('sendMessage', {}).last)).toEqual([]);
  expect(missingMails(held().answer('sendMessage', { unknown: true }).last)).toEqual([]);
});

it('says nothing of a mail that nobody waits for', () => {
  const walk = held()
    .answer('sendMessage', {})
    .send('payment', { status: 'paid', paymentIntent: 'pi_1', amountMinor: 12_000, currency: 'EUR' })
    .answer('confirmSeat', { seat: 'confirmed' })
    .answer('sendMessage', null);
  expect(missingMails(walk.last)).toEqual([]);
});

it('says nothing of a link that could not be mailed in time: another one is asked for', () => {
  const { last } = held().until('2026-11-01T10:00:00.000Z');
  expect([last.state.stage.kind, missingMails(last)]).toEqual(['payment', []]);
});
