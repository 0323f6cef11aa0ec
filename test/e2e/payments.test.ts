import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Enrollment } from '../../contracts/api/enrollments.schema.ts';
import type { CourseRunInput } from '../../contracts/course.ts';
import type { PaymentFault } from '../../local/control/faults.schema.ts';
import { createClient, type Client } from '../../sdk/client.ts';
import { createTestApi, type TestApi } from '../support/api.ts';
import { shortRun } from '../support/courses.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { startTestWorker, type TestWorker } from '../support/worker.ts';

const secret = 'whsec_payments';
const service = 'payment' as const;

describe('payments whose webhooks go astray', () => {
  let database: TestDatabase;
  let worker: TestWorker;
  let api: TestApi;
  let client: Client;
  let count = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    api = await createTestApi(database, { STRIPE_WEBHOOK_SECRET: secret });
    await api.app.listen(0, '127.0.0.1');
    const url = await api.app.getUrl();
    worker = await startTestWorker(database, { PUBLIC_URL: url });
    await worker.doubles.control.setPaymentWebhook({ url: `${url}/hooks/stripe`, secret });
    const key = await api.key([
      'contacts:write',
      'courses:read',
      'courses:write',
      'enrollments:read',
      'enrollments:write',
    ]);
    client = createClient({ baseUrl: url, key });
    await client.courses.put('sql', { title: 'SQL', prerequisites: [], completion: { moveOn: 'completed' } });
  });
  afterAll(async () => {
    await worker?.stop();
    await api?.stop();
    await database?.stop();
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
    eventually(
      what,
      async () => {
        const enrollment = await client.enrollments.show(id);
        return test(enrollment) && enrollment;
      },
      30_000,
    );
  async function payUnder(id: string, fault: PaymentFault | null): Promise<string> {
    const { checkoutUrl } = await until(id, 'a checkout', (enrollment) => enrollment.checkoutUrl !== null);
    const session = /cs_\w+/.exec(checkoutUrl ?? '')?.[0] ?? '';
    if (fault) await worker.doubles.control.addFault(fault);
    await worker.doubles.control.paySession(session);
    return session;
  }
  const refunds = (): number =>
    worker.doubles.journals.payment.entries().filter((entry) => entry.kind.startsWith('refund.')).length;
  const isIn = (enrollment: Enrollment): boolean => enrollment.access === 'full';

  it('counts a webhook that comes twice once', async () => {
    const id = await enroll(await makeRun({}));
    await payUnder(id, { service, fault: 'webhookTwice', count: 1 });
    await until(id, 'the seat', isIn);
    const told = await database.system
      .selectFrom('run_inbox')
      .select('ref')
      .where('run_id', '=', (await client.enrollments.show(id)).runId)
      .where('kind', '=', 'payment')
      .execute();
    expect(told).toHaveLength(1);
  });

  it.each<[string, PaymentFault]>([
    ['never comes', { service, fault: 'webhookNever' }],
    ['is forged', { service, fault: 'webhookForged' }],
    ['comes after the hold is over', { service, fault: 'webhookLate', delayMs: 5_000 }],
  ])(
    'gives the seat that was paid for where its webhook %s: the checkout is looked at when the hold ends',
    async (_, fault) => {
      const before = refunds();
      const id = await enroll(await makeRun({ holdFor: 'PT3S' }));
      const paidAt = Date.now();
      await payUnder(id, fault);
      await until(id, 'the seat', isIn);
      expect(Date.now() - paidAt).toBeGreaterThan(1_000);
      await worker.doubles.control.clearFaults('payment');
      expect(refunds()).toBe(before);
    },
  );

  it('takes no money for a hold that is over, and gives the seat to the next in line', async () => {
    const run = await makeRun({ holdFor: 'PT3S', offerFor: 'PT20S' });
    const late = await enroll(run);
    const { checkoutUrl } = await until(late, 'a checkout', (enrollment) => enrollment.checkoutUrl !== null);
    const next = await enroll(run);
    await until(next, 'the queue', (enrollment) => enrollment.lifecycle === 'waitlisted');
    await until(next, 'the offer', (enrollment) => enrollment.seat?.kind === 'offer');
    const session = /cs_\w+/.exec(checkoutUrl ?? '')?.[0] ?? '';
    await expect(worker.doubles.control.paySession(session)).rejects.toThrow(/expired/);
    expect(await until(late, 'the end', (enrollment) => enrollment.endedAt !== null)).toMatchObject({
      outcome: 'holdExpired',
      payment: 'none',
    });
  });
});
