import { describe, expect, it } from 'vitest';
import type { Enrollment } from '../../contracts/courses/enrollments-api.schema.ts';
import type { CourseRunInput } from '../../contracts/courses/course.schema.ts';
import { disagreements } from '../../domain/courses/money/compare-books.ts';
import type { DoublesClient } from '../../local/control/client.ts';
import type { PaymentFault } from '../../local/control/faults.schema.ts';
import { signWebhook } from '../../local/payment/webhooks.ts';
import { inTransaction } from '../../platform/db/core/workspace.ts';
import { readBooks } from '../../platform/db/courses/money-books.ts';
import { createClient, type Client } from '../../sdk/client/client.ts';
import type { Caller } from '../support/caller.ts';
import { shortRun } from '../support/courses.ts';
import type { TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { useInstallation } from '../support/use-installation.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import type { Temporal } from '../../platform/temporal/client.ts';

const service = 'payment' as const;
/** Holds that a test lets end: the first is long enough on a machine that has nothing else to do. */
const holds = ['PT3S', 'PT12S', 'PT48S'];

describe('payments whose webhooks go astray', () => {
  let database: TestDatabase;
  let doubles: DoublesClient;
  let client: Client;
  let temporal: Temporal;
  let api: Caller;
  let count = 0;
  useInstallation(async (installation) => {
    ({ database, doubles, temporal, api } = installation);
    const key = await installation.api.key([
      'contacts:write',
      'courses:read',
      'courses:write',
      'enrollments:read',
      'enrollments:write',
    ]);
    client = createClient({ baseUrl: installation.url, key });
    await client.courses.put('sql', { title: 'SQL', prerequisites: [], completion: { moveOn: 'completed' } });
  });

  async function makeRun(details: Partial<CourseRunInput>): Promise<string> {
    count += 1;
    const slug = `run-${count}`;
    await client.courses.putRun('sql', slug, { ...shortRun, ...details });
    return slug;
  }
  async function enroll(run: string): Promise<string> {
    count += 1;
    const contact = `payer-${count}`;
    await client.contacts.put(contact, { email: `${contact}@example.com` });
    return (await client.enrollments.request({ course: 'sql', run, contact })).id;
  }
  const until = (id: string, what: string, test: (enrollment: Enrollment) => boolean): Promise<Enrollment> =>
    eventually(what, async () => {
      const enrollment = await client.enrollments.show(id);
      return test(enrollment) && enrollment;
    });
  async function payUnder(id: string, fault: PaymentFault): Promise<string> {
    const { checkoutUrl } = await until(id, 'a checkout', (enrollment) => enrollment.checkoutUrl !== null);
    const session = /cs_\w+/.exec(checkoutUrl ?? '')?.[0] ?? '';
    // What the provider sends names the enrollment.
    await doubles.addFault({ ...fault, match: id });
    await doubles.paySession(session);
    return session;
  }
  /** Pays within a hold, which is made longer where the machine was too slow for it. */
  async function payWithinHold(fault: PaymentFault): Promise<{ id: string; session: string }> {
    for (const holdFor of holds) {
      const id = await enroll(await makeRun({ holdFor }));
      try {
        return { id, session: await payUnder(id, fault) };
      } catch (error) {
        if (!/expired/.test(String(error))) throw error;
      }
    }
    throw new Error('each hold was over before it was paid');
  }
  /** One learner who holds the only seat and does not pay, and one who asked for it meanwhile. */
  async function queueBehindHold(): Promise<{ late: string; next: string; checkoutUrl: string | null }> {
    for (const holdFor of holds) {
      const run = await makeRun({ holdFor });
      const late = await enroll(run);
      const { checkoutUrl } = await until(late, 'a checkout', (enrollment) => enrollment.checkoutUrl !== null);
      const next = await enroll(run);
      const { lifecycle } = await until(next, 'an answer', (enrollment) => enrollment.lifecycle !== 'requested');
      if (lifecycle === 'waitlisted' || lifecycle === 'offered') return { late, next, checkoutUrl };
    }
    throw new Error('each hold was over before the next learner asked');
  }
  async function refundsOf(session: string): Promise<number> {
    const entries = await doubles.journal('payment');
    const paid = entries.find(({ details }) => details['id'] === session && details['payment_intent'] !== null);
    expect(paid?.details['payment_intent']).toMatch(/^pi_/);
    return entries.filter(({ kind, key }) => kind.startsWith('refund.') && key === paid?.details['payment_intent'])
      .length;
  }
  /** What webhooks said to the run. */
  /** The service's own reports; what was found by asking it is noted as `asked/…`. */
  const messages = async (id: string): Promise<unknown[]> =>
    kysely(database.system)
      .selectFrom('run_inbox')
      .select('ref')
      .where('run_id', '=', (await client.enrollments.show(id)).runId)
      .where('kind', '=', 'payment')
      .where('ref', 'not like', 'asked/%')
      .execute();
  /** Reports that a page for the payment has ended, as the service does. */
  async function reportEnded(session: string, id: string): Promise<void> {
    const object = { id: session, status: 'expired', payment_status: 'unpaid', amount_total: 12_000, currency: 'eur' };
    const data = { object: { ...object, payment_intent: null, client_reference_id: id, expires_at: 1 } };
    const created = Math.floor(Date.now() / 1000);
    const body = JSON.stringify({ id: `evt_${session}`, type: 'checkout.session.expired', created, data });
    const signature = signWebhook({ body, secret: 'whsec_of_tests', atSeconds: created });
    const headers = { 'content-type': 'application/json', 'stripe-signature': signature };
    const answer = await api.call({ method: 'POST', url: '/hooks/stripe', raw: body, headers });
    expect(answer.status).toBe(200);
  }
  /** The last execution of an enrollment in Temporal. */
  async function execution(id: string): Promise<string> {
    const { workflow_id: workflowId } = await kysely(database.system)
      .selectFrom('run')
      .select('workflow_id')
      .where('id', '=', (await client.enrollments.show(id)).runId)
      .executeTakeFirstOrThrow();
    return (await temporal.client.workflow.getHandle(workflowId).describe()).runId;
  }
  const isIn = (enrollment: Enrollment): boolean => enrollment.access === 'full';

  it.concurrent('counts a webhook that comes twice once', async () => {
    const id = await enroll(await makeRun({}));
    await payUnder(id, { service, fault: 'webhookTwice', count: 1 });
    await until(id, 'the seat', isIn);
    expect(await messages(id)).toHaveLength(1);
  });

  it.concurrent.each<[string, PaymentFault, number]>([
    ['never comes', { service, fault: 'webhookNever' }, 0],
    ['is forged', { service, fault: 'webhookForged' }, 0],
    ['comes after the hold is over', { service, fault: 'webhookLate', delayMs: 4_000 }, 1],
  ])(
    'gives the seat that was paid for where its webhook %s: the checkout is looked at when the hold ends',
    async (_, fault, late) => {
      const { id, session } = await payWithinHold(fault);
      await until(id, 'the seat', isIn);
      await eventually('what comes late', async () => (await messages(id)).length === late);
      expect(await refundsOf(session)).toBe(0);
      expect(await client.enrollments.show(id)).toMatchObject({ access: 'full', payment: 'paid' });
    },
  );

  it.concurrent('takes no money for a hold that is over, and gives the seat to the next in line', async () => {
    const { late, next, checkoutUrl } = await queueBehindHold();
    await until(next, 'the offer', (enrollment) => enrollment.seat?.kind === 'offer');
    const session = /cs_\w+/.exec(checkoutUrl ?? '')?.[0] ?? '';
    await expect(doubles.paySession(session)).rejects.toThrow(/expired/);
    expect(await until(late, 'the end', (enrollment) => enrollment.endedAt !== null)).toMatchObject({
      outcome: 'holdExpired',
      payment: 'none',
    });
  });

  it.concurrent(
    'takes one of two open checkouts that are both paid, gives the other back, and the books agree (issue 14 §5)',
    async () => {
      const run = await makeRun({});
      const id = await enroll(run);
      const pageOf = (enrollment: Enrollment): string => /cs_\w+/.exec(enrollment.checkoutUrl ?? '')?.[0] ?? '';
      const first = pageOf(await until(id, 'a checkout', ({ checkoutUrl }) => checkoutUrl !== null));
      // The service says that the page has ended, and it is open still: as one is for a moment that is followed by the next.
      await reportEnded(first, id);
      const second = pageOf(await until(id, 'the next one', (now) => !['', first].includes(pageOf(now))));
      await Promise.all([first, second].map((page) => doubles.paySession(page)));
      await until(id, 'the seat', isIn);
      const refunds = async (): Promise<number> => (await refundsOf(first)) + (await refundsOf(second));
      await eventually('the other is given back', async () => (await refunds()) === 1);
      const currencies = [{ currency: 'EUR', cameMinor: 24_000, wentMinor: 12_000, standsMinor: 12_000 }];
      const booked = await eventually('the books', async () => {
        const { money, seats } = await client.courses.showRun('sql', run);
        return money.currencies[0]?.wentMinor === 12_000 && { money, seats };
      });
      expect(booked).toMatchObject({ money: { currencies }, seats: { confirmed: 1, held: 0 } });
      expect(await until(id, 'its turn', ({ payment }) => payment === 'paid')).toMatchObject({ access: 'full' });
      const books = await inTransaction(database.system, (tx) => readBooks(tx, null));
      const ofOne = (books?.enrollments ?? []).filter(({ enrollmentId }) => enrollmentId === id);
      expect([ofOne.length, disagreements(ofOne, null)]).toEqual([1, []]);
    },
  );

  it.concurrent(
    'gives money back that arrives after the end, and notices a refund made at the service (courses F2, F4, F9)',
    async () => {
      const run = await makeRun({});
      const id = await enroll(run);
      const session = await payUnder(id, { service, fault: 'delayed' });
      await until(id, 'the money to be on its way', ({ payment }) => payment === 'underWay');
      // The seat is not kept beyond the end of the course run.
      await client.courses.putRun('sql', run, { ...shortRun, endsAt: new Date().toISOString() });
      await until(id, 'the end', ({ endedAt, outcome }) => endedAt !== null && outcome === 'courseRunEnded');
      const before = await execution(id);
      await doubles.actOnSession(session, 'succeed');
      await until(id, 'the refund', ({ payment }) => payment === 'refunded');
      expect(await refundsOf(session)).toBe(1);
      expect(await execution(id)).not.toBe(before);

      const open = await makeRun({});
      const learner = await enroll(open);
      const { checkoutUrl } = await until(learner, 'a checkout', (enrollment) => enrollment.checkoutUrl !== null);
      const paid = /cs_\w+/.exec(checkoutUrl ?? '')?.[0] ?? '';
      await doubles.paySession(paid);
      await until(learner, 'the seat', isIn);
      await doubles.actOnSession(paid, 'refund', 5_000);
      const sums = { currency: 'EUR', cameMinor: 12_000, wentMinor: 5_000, standsMinor: 7_000 };
      await eventually('the refund', async () => {
        const { money } = await client.courses.showRun('sql', open);
        return money.currencies[0]?.wentMinor === sums.wentMinor;
      });
      expect((await client.courses.showRun('sql', open)).money.currencies).toEqual([sums]);
    },
  );
});
