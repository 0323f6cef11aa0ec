import { describe, expect, it } from 'vitest';
import { EnrollmentWalk } from '../../../test/support/enrollment-walk.ts';
import { linkEndsAt } from './times.ts';

const now = '2026-12-01T09:00:00.000Z';
const holdEnd = '2026-12-01T10:00:00.000Z';
const paid = { status: 'paid', checkoutId: 'cs_1', paymentIntent: 'pi_1', amountMinor: 12_000, currency: 'EUR' };
const underWay = { status: 'underWay', checkout: 'checkout/1' };

const atLink = (hold = holdEnd): EnrollmentWalk => new EnrollmentWalk(now).toLink(hold);
const mailsOf = ({ last }: EnrollmentWalk): string[] =>
  last.actions.filter(({ activity }) => activity === 'sendMessage').map(({ step }) => step);
const refundsOf = ({ last }: EnrollmentWalk) =>
  last.actions.filter(({ activity }) => activity === 'refundPayment').map(({ params }) => params);

describe('money that takes days (courses F2: woocommerce-gateway-stripe 1943, AI-Shipping-Labs 1423)', () => {
  it('keeps the seat beyond the hold, says so, and lets the learner in when it is there', () => {
    const walk = atLink().send('payment', underWay);
    expect(walk.last.state.facets).toMatchObject({ lifecycle: 'awaitingPayment', payment: 'underWay' });
    expect(walk.last.actions).toContainEqual(
      expect.objectContaining({ activity: 'keepSeat', params: { until: '2026-12-22T09:00:00.000Z' } }),
    );
    expect(mailsOf(walk)).toEqual(['under-way-mail']);
    walk.until(holdEnd).send('payment', underWay);
    expect(walk.last.state.stage.kind).toBe('payment');
    walk.send('payment', paid);
    expect(walk.last.state.stage.kind).toBe('confirming');
  });

  it('is found complete and unpaid when the hold ends, though no webhook came', () => {
    const walk = atLink().until(holdEnd).answer('expireCheckout', { checkout: 'underWay', checkoutId: 'cs_1' });
    expect(walk.last.state.facets).toMatchObject({ lifecycle: 'awaitingPayment', payment: 'underWay' });
  });

  it('is looked for once a day, so that a lost webhook costs no more', () => {
    const walk = atLink().send('payment', underWay).settleMails().answer('keepSeat', { isKept: true });
    expect(walk.last.dueAt).toBe('2026-12-02T09:00:00.000Z');
    walk.until().answer('expireCheckout', { checkout: 'underWay', checkoutId: 'cs_1' });
    expect(walk.last.dueAt).toBe('2026-12-03T09:00:00.000Z');
    walk.until().answer('expireCheckout', { checkout: 'paid', ...paid });
    expect(walk.last.state.stage.kind).toBe('confirming');
  });

  it('is waited for at most as long as the slowest method takes, and that once', () => {
    const walk = atLink().send('payment', underWay).until('2026-12-22T09:00:00.000Z');
    walk.answer('expireCheckout', { checkout: 'underWay', checkoutId: 'cs_1' });
    expect(walk.last.actions.map(({ activity }) => activity)).toContain('releaseSeat');
  });

  it('that fails brings a new link while the hold lasts, and else ends it', () => {
    const failed = { status: 'failed', checkout: 'checkout/1' };
    const early = atLink().send('payment', underWay).send('payment', failed);
    expect(early.last.actions).toContainEqual(expect.objectContaining({ activity: 'createCheckout' }));
    expect(early.last.actions).toContainEqual(
      expect.objectContaining({ activity: 'keepSeat', params: { until: holdEnd } }),
    );
    const late = atLink().send('payment', underWay).until('2026-12-01T11:00:00.000Z').send('payment', failed);
    expect(late.last.state.stage).toMatchObject({ kind: 'closing', ending: { outcome: 'holdExpired' } });
  });
});

it('is looked for when a refusal names no checkout: it may be of an earlier try (courses F2)', () => {
  const walk = atLink().send('payment', underWay).send('payment', { status: 'failed' });
  expect(walk.last.state.facets.payment).toBe('underWay');
  walk.answer('expireCheckout', { checkout: 'underWay', checkoutId: 'cs_1' }).send('payment', { status: 'failed' });
  walk.answer('expireCheckout', { checkout: 'expired' });
  expect(walk.last.actions).toContainEqual(expect.objectContaining({ activity: 'createCheckout' }));
});

it('brings a new link where its failure is the first that is reported of it: the old one is used up', () => {
  const walk = atLink().send('payment', { status: 'failed', checkout: 'checkout/1' });
  expect(walk.last.actions).toContainEqual(expect.objectContaining({ activity: 'createCheckout' }));
  // What comes after that is of the old one.
  walk.send('payment', { ...underWay, checkout: 'checkout/1' });
  expect(walk.last.state.facets.payment).not.toBe('underWay');
});

it('that was found under way at the end of the hold and fails ends it at once (courses F2)', () => {
  const walk = atLink().until(holdEnd).answer('expireCheckout', { checkout: 'underWay', checkoutId: 'cs_1' });
  walk.send('payment', { status: 'failed', checkout: 'checkout/1' });
  expect(walk.last.state.stage).toMatchObject({ kind: 'closing', ending: { outcome: 'holdExpired' } });
});

/** An enrollment whose hold ran out. */
function expired(): EnrollmentWalk {
  const walk = atLink().until(holdEnd).answer('expireCheckout', { checkout: 'expired' });
  walk.answer('releaseSeat', { isReleased: true }).settleMails();
  expect(walk.last.ended).toMatchObject({ outcome: 'holdExpired' });
  return walk;
}

describe('money that comes after the end (courses F2: gameserverapp 1216, medusa 16398)', () => {
  it('takes the seat again where one is free', () => {
    const walk = expired().send('payment', paid);
    expect(walk.last.ended).toBeNull();
    expect(walk.last.state.facets.lifecycle).toBe('ended');
    walk.answer('takeSeat', { seat: 'held', expiresAt: '2026-12-01T12:00:00.000Z' });
    walk.answer('confirmSeat', { seat: 'confirmed' });
    expect(walk.last.state.facets).toEqual({ lifecycle: 'active', payment: 'paid', access: 'full' });
  });

  it('goes back where none is, and says so', () => {
    const walk = expired().send('payment', paid).answer('takeSeat', { seat: 'full' });
    expect(refundsOf(walk)).toMatchObject([{ paymentIntent: 'pi_1', amountMinor: 12_000 }]);
    walk.answer('refundPayment', { refundId: 're_1' }).settleMails();
    expect(walk.last.ended).toMatchObject({ outcome: 'noSeatLeft' });
    expect(walk.last.state.facets.payment).toBe('refunded');
  });

  it('and is the second one of a learner who completed goes back; the certificate stays', () => {
    const walk = atLink().send('payment', paid).answer('confirmSeat', { seat: 'confirmed' });
    walk.send('progress', { verb: 'completed' }).settleMails();
    expect(walk.last.ended).toMatchObject({ outcome: 'completed' });
    walk.send('payment', { ...paid, paymentIntent: 'pi_2' });
    expect(refundsOf(walk)).toMatchObject([{ paymentIntent: 'pi_2' }]);
    expect(mailsOf(walk)).toEqual(['money-back-mail']);
    walk.answer('refundPayment', { refundId: 're_1' }).settleMails();
    expect(walk.last.ended).toMatchObject({ outcome: 'completed' });
    expect(walk.last.state.facets).toEqual({ lifecycle: 'ended', payment: 'paid', access: 'full' });
  });

  it('is not held up by a pause from before the end', () => {
    const walk = atLink().until(holdEnd).answer('expireCheckout', { checkout: 'expired' });
    walk.answer('releaseSeat', { isReleased: true });
    const [mail] = walk.last.actions;
    if (!mail) throw new Error('No mail is open');
    walk.send('pause').answerOne(mail, {});
    expect(walk.last.ended).not.toBeNull();
    walk.send('payment', paid).answer('takeSeat', { seat: 'full' });
    expect(refundsOf(walk)).toMatchObject([{ paymentIntent: 'pi_1' }]);
  });

  it('changes nothing when it is said again', () => {
    const walk = expired().send('payment', paid).answer('takeSeat', { seat: 'full' });
    walk.answer('refundPayment', { refundId: 're_1' }).settleMails().send('payment', paid);
    expect(walk.last).toMatchObject({ actions: [], ended: { outcome: 'noSeatLeft' } });
  });
});

it('is looked up where it was reported late, as a refund may have been reported before it (courses F9)', () => {
  const walk = atLink().send('payment', { ...paid, isLate: true });
  const found = { id: 're_1', amountMinor: 12_000, status: 'succeeded', currency: 'EUR', key: null };
  walk.answer('lookUpPayment', { paymentIntent: 'pi_1', refunds: [found], disputes: [] });
  expect(walk.last.state.facets.payment).toBe('refunded');
  expect(walk.send('payment', { ...paid, isLate: true }).last.actions).toMatchObject([{ activity: 'confirmSeat' }]);
});

describe('a checkout that ends before the hold (courses F10: moodle-paygw_stripe 72, testingaccessibility 344)', () => {
  it('is followed by a new link, by its time and by what the provider says', () => {
    const walk = new EnrollmentWalk(now).toLink('2026-12-04T09:00:00.000Z');
    expect(walk.last.dueAt).toBe('2026-12-02T08:59:00.000Z');
    walk.until().answer('createCheckout', { url: 'https://pay.example/2', checkoutId: 'cs_2' });
    expect(mailsOf(walk)).toEqual(['payment-mail']);
    walk.send('payment', { status: 'expired', checkout: 'checkout/1' });
    expect(walk.last.actions.map(({ activity }) => activity)).not.toContain('createCheckout');
    walk.send('payment', { status: 'expired', checkout: 'checkout/2' });
    expect(walk.last.actions.map(({ activity }) => activity)).toContain('createCheckout');
  });

  it.each([
    ['12 hours of a hold', '2026-12-01T21:00:00.000Z', '2026-12-01T21:00:00.000Z'],
    ['less than Stripe takes', '2026-12-01T09:10:00.000Z', '2026-12-01T09:31:00.000Z'],
    ['more than Stripe takes', '2026-12-04T09:00:00.000Z', '2026-12-02T08:59:00.000Z'],
  ])('ends with it as far as it can: %s', (_, hold, ends) => {
    expect(linkEndsAt(hold, now)).toBe(ends);
  });
});

describe('an amount that is not the price (courses F17, F19: storefront 7)', () => {
  it.each([
    ['less', { amountMinor: 11_999 }, 'the price is another amount'],
    ['more', { amountMinor: 12_001 }, 'the price is another amount'],
    ['another currency', { currency: 'JPY' }, 'the price is in another currency'],
  ])('goes back, says why, and the learner gets a new link: %s', (_, change, problem) => {
    const walk = atLink().send('payment', { ...paid, ...change });
    expect(refundsOf(walk)).toMatchObject([{ amountMinor: 12_000, currency: 'EUR', ...change }]);
    expect(walk.last.actions).toContainEqual(
      expect.objectContaining({ params: expect.objectContaining({ variables: expect.objectContaining({ problem }) }) }),
    );
    expect(walk.last.actions.map(({ activity }) => activity)).toContain('createCheckout');
    expect(walk.last.state.facets.payment).toBe('refundDue');
  });

  it.each([
    ['a promotion code', { amountMinor: 9_000, listMinor: 12_000 }],
    ['a tax on top', { amountMinor: 14_280, listMinor: 12_000 }],
    ['a currency in small letters', { currency: 'eur' }],
    ['a code for all of it', { amountMinor: 0, listMinor: 12_000, paymentIntent: 'cs_1' }],
  ])('pays for the seat where the provider explains it: %s', (_, change) => {
    const walk = atLink().send('payment', { ...paid, ...change });
    walk.answer('confirmSeat', { seat: 'confirmed' });
    expect(walk.last.state.facets).toEqual({ lifecycle: 'active', payment: 'paid', access: 'full' });
    expect(refundsOf(walk)).toEqual([]);
  });
});
