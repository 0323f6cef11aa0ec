import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDoubles } from '../../local/control/doubles.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { notePayment, settlePayment } from '../../platform/db/courses/payments.ts';
import { enroll, makeCourseRun } from '../../test/support/courses.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import '../../test/support/quiet-runtime.ts';
import type { PaymentClient } from '../providers/payment/payment-client.ts';
import { createStripeClient } from '../providers/payment/stripe/stripe.ts';
import { createPaymentActivities } from './payment.activities.ts';

const doubles = await startDoubles();
const config = { baseUrl: doubles.urls.payment, secretKey: 'sk_test_x', timeoutMs: 30_000 };

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await doubles.stop();
  await database?.stop();
});

describe('a payment', () => {
  const client = createStripeClient(config);

  /** An enrollment whose checkout is paid; `reported` is the payment that a report has named. */
  async function paid(reported?: string) {
    const { workspaceId, system } = database;
    const { runId, enrollmentId } = await enroll(database, await makeCourseRun(database));
    const order = {
      enrollmentId,
      amountMinor: 12_000,
      currency: 'EUR',
      description: 'SQL',
      successUrl: 'http://x.test/',
    };
    const { id, url } = await client.createCheckout({ ...order, idempotencyKey: enrollmentId });
    await doubles.control.paySession(id);
    const { paymentIntent } = await client.getCheckout(id);
    const own = paymentIntent ?? expect.unreachable();
    const checkout = { workspaceId, enrollmentId, checkoutId: id, action: 'checkout/1', url: url ?? '' };
    const end = { status: 'paid', paymentIntent: reported ?? own, amountMinor: 12_000, currency: 'EUR' } as const;
    await inWorkspace(database.app, workspaceId, async (tx) => {
      await notePayment(tx, { ...checkout, amountMinor: 12_000, currency: 'EUR', isOwn: true });
      await settlePayment(tx, { workspaceId, checkoutId: id }, end);
    });
    const act = async (id: string, activity: 'refundPayment' | 'lookUpPayment', params: object): Promise<unknown> => {
      const action = { id, activity, step: id, visit: 1, params };
      const open = { open: JSON.stringify([action]), turn: 1, status: 'running' };
      await kysely(system).updateTable('run').set(open).where('id', '=', runId).execute();
      const activities = createPaymentActivities({
        db: database.app,
        paymentOf: () => Promise.resolve({ client, isOwn: true }),
        publicUrl: 'http://127.0.0.1',
      });
      const work = () => activities[activity]({ workspaceId, runId, key: `0/${id}` });
      return new MockActivityEnvironment().run(work).catch((error: unknown) => error);
    };
    return {
      own,
      refund: (of: string) => {
        const refund = { key: 'refund/1', amountMinor: 12_000, currency: 'EUR', reason: 'withdrawn' };
        return act('refund/1', 'refundPayment', { ...refund, paymentIntent: of });
      },
      lookAt: (of: string) => act('look-up/1', 'lookUpPayment', { paymentIntent: of }),
      noted: () =>
        kysely(system)
          .selectFrom('money_back')
          .select('amount_minor')
          .where('enrollment_id', '=', enrollmentId)
          .execute(),
    };
  }
  const refundsOf = async (payment: string) => (await client.lookUp(payment)).refunds;

  const notOwn = { message: expect.stringContaining('No checkout of this enrollment was paid by'), nonRetryable: true };

  it('is given back where a checkout of the enrollment was paid by it, and not where a report alone names it', async () => {
    const other = await paid();
    const forged = await paid(other.own);
    expect(await forged.refund(other.own)).toMatchObject(notOwn);
    const unknown = await paid();
    expect(await unknown.refund(other.own)).toMatchObject(notOwn);
    expect(await refundsOf(other.own)).toEqual([]);
    expect(await other.refund(other.own)).toBeUndefined();
    expect(await refundsOf(other.own)).toMatchObject([{ amountMinor: 12_000 }]);
  });

  it('is read where a checkout of the enrollment was paid by it, and not where a report alone names it', async () => {
    const other = await paid();
    await client.refund({ paymentIntent: other.own, amountMinor: 5_000, idempotencyKey: other.own });
    const forged = await paid(other.own);
    expect(await forged.lookAt(other.own)).toMatchObject(notOwn);
    expect(await forged.noted()).toEqual([]);
    expect(await other.lookAt(other.own)).toBeUndefined();
    expect(await other.noted()).toEqual([{ amount_minor: '5000' }]);
  });
});

describe('a checkout', () => {
  /** A learner whose checkout is to be made; `attempt` makes one attempt and answers with its failure. */
  async function wanted() {
    const { workspaceId, system } = database;
    const { runId, enrollmentId, email } = await enroll(database, await makeCourseRun(database));
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const params = { key: 'checkout/1', amountMinor: 12_000, currency: 'EUR', description: 'SQL, Autumn', expiresAt };
    const action = { id: 'checkout/1', activity: 'createCheckout', step: 'checkout', visit: 1, params };
    const open = { open: JSON.stringify([action]), turn: 1, status: 'running' };
    await kysely(system).updateTable('run').set(open).where('id', '=', runId).execute();
    const attempt = (payment: PaymentClient): Promise<unknown> => {
      const { createCheckout } = createPaymentActivities({
        db: database.app,
        paymentOf: () => Promise.resolve({ client: payment, isOwn: false }),
        publicUrl: 'http://127.0.0.1',
      });
      const work = () => createCheckout({ workspaceId, runId, key: '0/checkout/1' });
      return new MockActivityEnvironment().run(work).catch((error: unknown) => error);
    };
    const payments = () =>
      kysely(system).selectFrom('payment').selectAll().where('enrollment_id', '=', enrollmentId).execute();
    return { email, attempt, payments };
  }

  it('whose answer was lost is made again though the address has changed meanwhile (dj-stripe 1157, onetimesecret 2605)', async () => {
    const { email, attempt, payments } = await wanted();
    await doubles.control.addFault({ service: 'payment', fault: 'timeoutAfterCommit', count: 1 });
    expect(await attempt(createStripeClient({ ...config, timeoutMs: 1_000 }))).toMatchObject({
      type: 'payment.no_reply',
      nonRetryable: false,
    });
    await kysely(database.system)
      .updateTable('contact')
      .set({ email: `new.${email}` })
      .where('email', '=', email)
      .execute();
    expect(await attempt(createStripeClient(config))).toBeUndefined();
    expect(await payments()).toMatchObject([{ status: 'open', is_own: false }]);
  });

  it('is asked for by another key each time, as Stripe repeats the failure of the first for a day (stripe-node 559)', async () => {
    const { attempt } = await wanted();
    await doubles.control.clearFaults();
    const keys: string[] = [];
    const real = createStripeClient(config);
    const noting: PaymentClient = {
      ...real,
      createCheckout: (input) => {
        keys.push(input.idempotencyKey);
        return real.createCheckout(input);
      },
    };
    await doubles.control.addFault({ service: 'payment', fault: 'status', status: 500, count: 1 });
    expect(await attempt(noting)).toMatchObject({ type: 'payment.failed' });
    expect(await attempt(noting)).toBeUndefined();
    // It is done: nothing is asked for any more.
    expect(await attempt(noting)).toBeUndefined();
    expect(new Set(keys).size).toBe(2);
    expect(keys).toHaveLength(2);
  });
});
