import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../contracts/core/machine.ts';
import { EnrollmentWalk } from '../../../test/support/enrollment-walk.ts';

const now = '2026-12-01T09:00:00.000Z';
const changed = { status: 'changed', paymentIntent: 'pi_1' };
const found = (id: string, amountMinor: number, more: JsonObject = {}): JsonObject => ({
  id,
  amountMinor,
  status: 'succeeded',
  currency: 'EUR',
  key: null,
  ...more,
});
const history = (refunds: JsonObject[], disputes: JsonObject[] = []): JsonObject => ({
  paymentIntent: 'pi_1',
  refunds,
  disputes,
});
const dispute = (state: string, isWithdrawn: boolean): JsonObject => ({
  id: 'du_1',
  state,
  isWithdrawn,
  amountMinor: 12_000,
  currency: 'EUR',
});

/** A learner who has paid 120.00 EUR and is in. */
function learning(): EnrollmentWalk {
  return new EnrollmentWalk(now)
    .toLink('2026-12-01T10:00:00.000Z')
    .send('payment', { status: 'paid', paymentIntent: 'pi_1', amountMinor: 12_000, currency: 'EUR' })
    .answer('confirmSeat', { seat: 'confirmed' })
    .settleMails();
}

const refundsOf = ({ last }: EnrollmentWalk): unknown[] =>
  last.actions.filter(({ activity }) => activity === 'refundPayment').map(({ params }) => params);

describe('a refund made at the provider (courses F9: Sylius/StripePlugin 101, artsy/exchange 232)', () => {
  it('counts: a withdrawal quotes and refunds what is left', () => {
    const walk = learning()
      .send('payment', changed)
      .answer('lookUpPayment', history([found('re_1', 5_000)]));
    expect(walk.last.state.facets.payment).toBe('partlyRefunded');
    walk.send('withdraw', { reason: 'Moving away' }).answer('quoteRefund', { refundMinor: 7_000 });
    expect(walk.last.gates).toMatchObject([{ content: { paidMinor: 7_000, refundMinor: 7_000 } }]);
    walk.decide('approve');
    expect(refundsOf(walk)).toMatchObject([{ amountMinor: 7_000, key: 'refund/pi_1/1' }]);
  });

  it('while a part of it is being decided counts towards it, so that nothing goes back twice (woocommerce-gateway-stripe 838)', () => {
    const walk = learning()
      .send('progress', { verb: 'progressed', progressPercent: 50 })
      .until('2026-12-15T09:00:00.000Z')
      .send('withdraw', { reason: 'Moving away' })
      .answer('quoteRefund', { refundMinor: 6_000 });
    const { dueAt } = walk.last;
    walk.send('payment', changed).answer('lookUpPayment', history([found('re_1', 4_500)]));
    expect(walk.last.gates).toMatchObject([{ dueAt, content: { paidMinor: 7_500, refundMinor: 1_500 } }]);
    walk.decide('approve');
    expect(refundsOf(walk)).toMatchObject([{ amountMinor: 1_500 }]);
    expect(walk.last.state.stage).toMatchObject({ kind: 'closing', ending: { outcome: 'withdrawn' } });
  });

  it('of all of it leaves nothing to decide for who withdraws: they leave at once (sensei 2922)', () => {
    const walk = learning()
      .send('payment', changed)
      .answer('lookUpPayment', history([found('re_1', 12_000)]))
      .send('withdraw', { reason: 'Moving away' });
    expect(walk.last).toMatchObject({
      gates: [],
      state: { stage: { kind: 'closing', ending: { outcome: 'withdrawn' } } },
    });
    expect(refundsOf(walk)).toEqual([]);
  });

  it('while the quote is being decided makes the refund no more than what is left', () => {
    const walk = learning().send('withdraw', { reason: 'Moving away' }).answer('quoteRefund', { refundMinor: 12_000 });
    walk
      .send('payment', changed)
      .answer('lookUpPayment', history([found('re_1', 5_000)]))
      .decide('approve');
    expect(refundsOf(walk)).toMatchObject([{ amountMinor: 7_000 }]);
  });

  it('that nobody reported makes ours fail once: it is looked up, and the rest is asked for', () => {
    const walk = learning().send('withdraw', { reason: 'Moving away' }).answer('quoteRefund', { refundMinor: 12_000 });
    walk.decide('approve').answer('refundPayment', null);
    expect(walk.last.gates).toEqual([]);
    walk.answer('lookUpPayment', history([found('re_1', 5_000)]));
    expect(refundsOf(walk)).toMatchObject([{ amountMinor: 7_000, key: 'refund/pi_1/2' }]);
    expect(walk.last.gates).toEqual([]);
  });

  it('of all of it leaves nothing to refund, and the line says so', () => {
    const walk = learning()
      .send('payment', changed)
      .answer('lookUpPayment', history([found('re_1', 12_000)]));
    expect(walk.lines.at(-1)).toMatchObject({
      step: 'refunded-elsewhere',
      detail: { amountMinor: 12_000, isAll: true },
    });
    expect(walk.last.state.facets).toMatchObject({ lifecycle: 'active', payment: 'refunded' });
    walk.send('exit', { reason: 'The course is cancelled' });
    expect(refundsOf(walk)).toEqual([]);
  });

  it('is noticed after the end as well', () => {
    const walk = learning().send('progress', { verb: 'completed' }).settleMails();
    expect(walk.last.ended).toMatchObject({ outcome: 'completed' });
    walk.send('payment', changed).answer('lookUpPayment', history([found('re_1', 12_000)]));
    expect(walk.last).toMatchObject({ ended: { outcome: 'completed' } });
    expect(walk.last.state.facets).toEqual({ lifecycle: 'ended', payment: 'refunded', access: 'full' });
  });
});

describe('a refund that fails after it was made (courses F9: WooPayments 1195, solidus_stripe 265)', () => {
  const refunded = (): EnrollmentWalk => {
    const walk = learning().send('exit', { reason: 'The course is cancelled' });
    return walk.answer('refundPayment', { refundId: 're_1' }).answer('releaseSeat', {}).settleMails();
  };
  const key = 'refund/pi_1/1';

  it('is owed again, and a person says how it goes on', () => {
    const walk = refunded();
    expect(walk.last.ended).not.toBeNull();
    walk.send('payment', changed).answer('lookUpPayment', history([found('re_1', 12_000, { status: 'failed', key })]));
    expect(walk.last.state.facets.payment).toBe('refundDue');
    expect(walk.last.gates).toMatchObject([{ title: 'A refund did not go through' }]);
    walk.decide('retry');
    expect(refundsOf(walk)).toMatchObject([{ key: 'refund/pi_1/2', amountMinor: 12_000 }]);
    walk.answer('refundPayment', { refundId: 're_2' });
    expect(walk.last.ended).not.toBeNull();
    expect(walk.last.state.facets.payment).toBe('refunded');
  });

  it('is so once, however often it is reported, and the new one stays', () => {
    const failed = found('re_1', 12_000, { status: 'failed', key });
    const walk = refunded()
      .send('payment', changed)
      .answer('lookUpPayment', history([failed]))
      .decide('retry');
    walk.answer('refundPayment', { refundId: 're_2' }).send('payment', changed);
    walk.answer('lookUpPayment', history([failed, found('re_2', 12_000, { key: 'refund/pi_1/2' })]));
    expect(walk.last).toMatchObject({ gates: [], actions: [] });
    expect(walk.last.ended).not.toBeNull();
  });

  it('whose answer was lost was made after all', () => {
    const walk = learning()
      .send('exit', { reason: 'The course is cancelled' })
      .answer('refundPayment', { unknown: true });
    walk
      .answer('lookUpPayment', history([found('re_1', 12_000, { key })]))
      .answer('releaseSeat', {})
      .settleMails();
    expect(walk.last.state.facets.payment).toBe('refunded');
    expect(walk.last.ended).not.toBeNull();
  });
});

describe('a refund that a person settled elsewhere', () => {
  const key = 'refund/pi_1/1';
  const refused = found('re_1', 12_000, { status: 'failed', key });
  const settled = (): EnrollmentWalk =>
    learning()
      .send('exit', { reason: 'The course is cancelled' })
      .answer('refundPayment', null)
      .answer('lookUpPayment', history([refused]))
      .decide('settled')
      .answer('releaseSeat', {})
      .settleMails();

  it.each([
    ['by a transfer', []],
    ['at the provider', [found('re_2', 12_000)]],
  ])('is not asked for again when the one that failed is seen once more: %s', (_, made) => {
    const walk = settled()
      .send('payment', changed)
      .answer('lookUpPayment', history([...made, refused]));
    expect(walk.last).toMatchObject({ gates: [], actions: [] });
    expect(walk.last.ended).not.toBeNull();
    expect(walk.last.state.facets.payment).toBe('refunded');
    expect(walk.last.state.money.refunded).toHaveLength(1);
  });

  it('is one refund where the one that was refused turns out to be made', () => {
    const walk = settled()
      .send('payment', changed)
      .answer('lookUpPayment', history([found('re_1', 12_000, { key })]));
    expect(walk.last.state.money.refunded).toMatchObject([{ amountMinor: 12_000, refundId: 're_1' }]);
  });
});

it('owes the refund that was made here again, not the one of the same amount that was made at the provider', () => {
  const walk = learning().send('withdraw', { reason: 'Moving away' }).answer('quoteRefund', { refundMinor: 12_000 });
  walk.send('gate', { step: 'refund', visit: 1, outcome: 'adjust', form: { refundMinor: 6_000 } });
  walk.answer('refundPayment', { refundId: 're_1' }).answer('releaseSeat', {}).settleMails();
  const [elsewhere, own] = [found('re_2', 6_000), found('re_1', 6_000, { key: 'refund/pi_1/1' })];
  walk.send('payment', changed).answer('lookUpPayment', history([elsewhere, own]));
  expect(walk.last.ended).not.toBeNull();
  walk.send('payment', changed).answer('lookUpPayment', history([elsewhere, { ...own, status: 'failed' }]));
  expect(walk.last.gates).toMatchObject([{ title: 'A refund did not go through', content: { amountMinor: 6_000 } }]);
});

describe('a dispute (courses F9: woocommerce-gateway-stripe 128 and 1098, letsrevel 865)', () => {
  it('is a state with a line, and nothing is refunded while it is open', () => {
    const walk = learning()
      .send('payment', changed)
      .answer('lookUpPayment', history([], [dispute('open', true)]));
    expect(walk.last.state.facets).toEqual({ lifecycle: 'active', payment: 'disputed', access: 'full' });
    expect(walk.lines.at(-1)).toMatchObject({ step: 'dispute', status: 'waiting' });
    walk.send('exit', { reason: 'The course is cancelled' }).answer('releaseSeat', {}).settleMails();
    expect(refundsOf(walk)).toEqual([]);
    expect(walk.last.ended).toBeNull();
    walk.send('payment', changed).answer('lookUpPayment', history([], [dispute('won', false)]));
    expect(refundsOf(walk)).toMatchObject([{ amountMinor: 12_000 }]);
  });

  it('that is lost leaves nothing to refund', () => {
    const walk = learning()
      .send('payment', changed)
      .answer('lookUpPayment', history([], [dispute('open', true)]));
    walk.send('exit', { reason: 'The course is cancelled' }).answer('releaseSeat', {});
    walk
      .send('payment', changed)
      .answer('lookUpPayment', history([], [dispute('lost', true)]))
      .settleMails();
    expect(refundsOf(walk)).toEqual([]);
    expect(walk.last.ended).not.toBeNull();
    expect(walk.last.state.facets.payment).toBe('chargedBack');
  });

  it('that is an inquiry holds no money, so a refund goes out, which is what settles it (getlago/lago-api 6444)', () => {
    const walk = learning()
      .send('payment', changed)
      .answer('lookUpPayment', history([], [dispute('open', false)]));
    expect(walk.last.state.facets).toMatchObject({ lifecycle: 'active', payment: 'paid' });
    expect(walk.lines.at(-1)).toMatchObject({ step: 'dispute', status: 'waiting' });
    walk.send('exit', { reason: 'The course is cancelled' });
    expect(refundsOf(walk)).toMatchObject([{ amountMinor: 12_000 }]);
  });

  it('that an inquiry has become holds what was to be refunded', () => {
    const walk = learning()
      .send('payment', changed)
      .answer('lookUpPayment', history([], [dispute('open', false)]))
      .send('payment', changed)
      .answer('lookUpPayment', history([], [dispute('open', true)]));
    expect(walk.last.state.facets.payment).toBe('disputed');
    walk.send('exit', { reason: 'The course is cancelled' });
    expect(refundsOf(walk)).toEqual([]);
  });
});
