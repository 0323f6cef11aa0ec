import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FoundDispute, FoundRefund } from '../../../contracts/courses/actions.ts';
import type { Action } from '../../../contracts/core/actions.ts';
import type { JsonObject } from '../../../contracts/core/machine.ts';
import { unlimited } from '../../../test/support/properties.ts';
import { EnrollmentWalk } from '../../../test/support/enrollment-walk.ts';
import { gaveBack, leftOf, takenBack } from './balances.ts';

const now = '2026-12-01T09:00:00.000Z';
type Payment = { came: number; refunds: FoundRefund[]; disputes: FoundDispute[] };

/** What the provider has: payments, and what became of them. It refuses to give back more than there is, and knows each key once. */
class Provider {
  readonly payments = new Map<string, Payment>();
  private ids = 0;

  pay(paymentIntent: string, came: number): JsonObject {
    if (!this.payments.has(paymentIntent)) this.payments.set(paymentIntent, { came, refunds: [], disputes: [] });
    return { status: 'paid', paymentIntent, amountMinor: came, currency: 'EUR' };
  }

  refund(paymentIntent: string, amountMinor: number, key: string | null): FoundRefund | null {
    const payment = this.payments.get(paymentIntent);
    const same = payment?.refunds.find((each) => key !== null && each.key === key);
    if (same || !payment) return same ?? null;
    if (amountMinor <= 0 || amountMinor > payment.came - this.wentOf(payment)) return null;
    const made = { id: `re_${++this.ids}`, amountMinor, currency: 'EUR', status: 'succeeded', key } as const;
    payment.refunds.push({ ...made });
    return made;
  }

  wentOf({ refunds, disputes }: Payment): number {
    const given = refunds.filter(({ status }) => status !== 'failed').reduce((sum, each) => sum + each.amountMinor, 0);
    return given + disputes.filter((each) => each.isWithdrawn).reduce((sum, each) => sum + each.amountMinor, 0);
  }

  /** Something that happens there by itself or by the school's hand; `how` says to which payment and what. */
  happen(how: number): void {
    const payment = [...this.payments.values()][how % Math.max(this.payments.size, 1)];
    const [intent] = [...this.payments].find(([, each]) => each === payment) ?? [];
    if (!payment || intent === undefined) return;
    const dispute = payment.disputes.at(-1);
    switch (how % 4) {
      case 0:
        this.refund(intent, 1 + (how % 9_000), null);
        return;
      case 1:
        for (const refund of payment.refunds.slice(-1)) refund.status = 'failed';
        return;
      case 2:
        if (dispute || payment.came === this.wentOf(payment)) return;
        payment.disputes.push({
          id: `du_${++this.ids}`,
          state: 'open',
          isWithdrawn: true,
          currency: 'EUR',
          amountMinor: payment.came - this.wentOf(payment),
        });
        return;
      default:
        if (dispute?.state === 'open')
          Object.assign(dispute, how % 8 < 4 ? { state: 'won', isWithdrawn: false } : { state: 'lost' });
    }
  }

  answer({ activity, params }: Action): JsonObject | null {
    switch (activity) {
      case 'refundPayment': {
        const { paymentIntent, amountMinor, key } = params;
        const made = this.refund(paymentIntent, amountMinor, key);
        return made && made.status !== 'failed' ? { refundId: made.id } : null;
      }
      case 'lookUpPayment': {
        const { refunds = [], disputes = [] } = this.payments.get(params.paymentIntent) ?? {};
        return structuredClone({ paymentIntent: params.paymentIntent, refunds, disputes });
      }
      case 'expireCheckout':
        return { checkout: 'expired' };
      case 'takeSeat':
        return { seat: 'full' };
      case 'confirmSeat':
        return { seat: 'confirmed' };
      case 'createCheckout':
        return { url: 'https://pay.example', checkoutId: 'cs' };
      default:
        return {};
    }
  }
}

/** Answers everything that is open, for as long as something is; a refund that failed is tried again. */
function settle(walk: EnrollmentWalk, provider: Provider): void {
  for (let steps = 0; steps < 200; steps++) {
    const [action] = walk.last.actions;
    const gate = walk.last.gates.find(({ step }) => step === 'refund-stuck' || step === 'refund');
    if (action) walk.answerOne(action, provider.answer(action));
    else if (gate) walk.decide(gate.step === 'refund' ? 'approve' : 'retry');
    else return;
  }
  throw new Error('It does not come to rest');
}

describe('the money of an enrollment', () => {
  const move = fc.record({ what: fc.noBias(fc.nat(7)), how: fc.noBias(fc.nat(99_999)) });

  it(
    'is what the provider has, in whatever order and how often reports come, and is given back once',
    unlimited,
    () => {
      fc.assert(
        fc.property(fc.array(move, { minLength: 5, maxLength: 40 }), (moves) => {
          const provider = new Provider();
          const walk = new EnrollmentWalk(now).toLink('2026-12-01T10:00:00.000Z');
          const reports: JsonObject[] = [];
          for (const { what, how } of moves) {
            const action = walk.last.actions[how % Math.max(walk.last.actions.length, 1)];
            if (what <= 1) reports.push(provider.pay(`pi_${how % 3}`, [12_000, 12_000, 11_999][how % 3] ?? 0));
            if (what === 2) provider.happen(how);
            if (what === 3 && provider.payments.size > 0)
              reports.push({ status: 'changed', paymentIntent: `pi_${how % 3}` });
            if (what <= 4 && reports.length > 0) walk.send('payment', reports[how % reports.length]);
            if (what === 5 && action) walk.answerOne(action, provider.answer(action));
            if (what === 6) walk.send(how % 2 === 0 ? 'withdraw' : 'exit', { reason: 'leaves' });
            if (what === 7 && walk.last.dueAt !== null) walk.until();
          }
          for (const report of reports) walk.send('payment', report);
          settle(walk, provider);
          for (const paymentIntent of provider.payments.keys())
            walk.send('payment', { status: 'changed', paymentIntent });
          settle(walk, provider);

          const { money } = walk.last.state;
          for (const [paymentIntent, payment] of provider.payments) {
            const came = money.received.find((each) => each.paymentIntent === paymentIntent)?.amountMinor ?? 0;
            const went = gaveBack(money, paymentIntent) + takenBack(money, paymentIntent);
            expect({ came, went, stands: leftOf(money, paymentIntent) }).toEqual({
              came: payment.came,
              went: provider.wentOf(payment),
              stands: payment.came - provider.wentOf(payment),
            });
            const own = payment.refunds.filter(({ key, status }) => key !== null && status !== 'failed');
            expect(own.length).toBeLessThanOrEqual(
              1 + payment.refunds.filter(({ status }) => status === 'failed').length,
            );
          }
        }),
      );
    },
  );
});
