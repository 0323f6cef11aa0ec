import { describe, expect, it } from 'vitest';
import type { Enrollment } from '../../contracts/courses/enrollments-api.schema.ts';
import type { CourseRunInput } from '../../contracts/courses/course.schema.ts';
import type { DoublesClient } from '../../local/control/client.ts';
import type { PaymentFault } from '../../local/control/faults.schema.ts';
import { createClient, type Client } from '../../sdk/client/client.ts';
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
  let count = 0;
  useInstallation(async (installation) => {
    ({ database, doubles, temporal } = installation);
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
  const messages = async (id: string): Promise<unknown[]> =>
    kysely(database.system)
      .selectFrom('run_inbox')
      .select('ref')
      .where('run_id', '=', (await client.enrollments.show(id)).runId)
      .where('kind', '=', 'payment')
      .execute();
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
