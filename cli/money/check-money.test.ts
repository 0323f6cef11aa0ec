import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createStripeClient } from '../../activities/providers/payment/stripe/stripe.ts';
import { startDoubles } from '../../local/control/doubles.ts';
import { deleteSecret, setSecret } from '../../platform/db/access/secrets.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { createKeySource } from '../../platform/db/keys/master-keys.ts';
import { notePayment, settlePayment } from '../../platform/db/courses/payments.ts';
import { enroll, makeCourseRun } from '../../test/support/courses.ts';
import { useTestApi } from '../../test/support/use-test-api.ts';
import { checkMoney } from './check-money.ts';

describe('throughline check money', () => {
  const { database } = useTestApi();
  let doubles: Awaited<ReturnType<typeof startDoubles>>;
  const paid: { enrollmentId: string; session: string }[] = [];
  beforeAll(async () => {
    doubles = await startDoubles();
    const secretKey = 'sk_test_x';
    const stripe = createStripeClient({ baseUrl: doubles.urls.payment, secretKey, timeoutMs: 30_000 });
    const courseRun = await makeCourseRun(database);
    while (paid.length < 2) paid.push(await pay(stripe, courseRun));
    return () => doubles.stop();
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    process.exitCode = undefined;
  });

  /** A learner who has paid, at the payment service and in the books. */
  async function pay(
    stripe: ReturnType<typeof createStripeClient>,
    courseRun: string,
  ): Promise<{ enrollmentId: string; session: string }> {
    const { workspaceId, app } = database;
    const { enrollmentId } = await enroll(database, courseRun);
    const price = { amountMinor: 12_000, currency: 'EUR' };
    const texts = { description: 'SQL', successUrl: 'http://127.0.0.1/paid', idempotencyKey: enrollmentId };
    const { id: checkoutId, url } = await stripe.createCheckout({ enrollmentId, ...price, ...texts });
    await doubles.control.paySession(checkoutId);
    const { paymentIntent } = await stripe.getCheckout(checkoutId);
    await inWorkspace(app, workspaceId, async (tx) => {
      const made = { action: 'checkout/1', url: url ?? '', ...price };
      await notePayment(tx, { workspaceId, checkoutId, enrollmentId, isOwn: false, ...made });
      const end = { status: 'paid', paymentIntent: paymentIntent ?? '', ...price } as const;
      await settlePayment(tx, { workspaceId, checkoutId }, end);
      // As where a worker died between the checkout and its note.
      await sql`update payment set created_at = now() + interval '5 seconds' where checkout_id = ${checkoutId}`.execute(
        kysely(tx),
      );
    });
    return { enrollmentId, session: checkoutId };
  }

  async function check(
    options: Partial<Parameters<typeof checkMoney>[0]> = {},
    settings: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    for (const name of ['DATABASE_URL', 'THROUGHLINE_KEY'] as const) vi.stubEnv(name, database.config[name]);
    vi.stubEnv('STRIPE_BASE_URL', doubles.urls.payment);
    for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    await checkMoney({ service: true, ...options });
    const printed = write.mock.calls.map(([text]) => String(text)).join('');
    write.mockRestore();
    return printed;
  }

  it('adds up the books, and ends with 1 and the enrollment where the payment service disagrees', async () => {
    const good = await check();
    expect(good).toContain('EUR       240.00 EUR  0.00 EUR  240.00 EUR  0.00 EUR   0.00 EUR');
    expect(good).toContain(`compared with ${doubles.urls.payment}: 0 disagreement(s)`);
    expect(process.exitCode).toBeUndefined();

    const [first] = paid;
    await doubles.control.actOnSession(first?.session ?? '', 'refund', 5_000);
    const bad = await check();
    expect(bad).toContain(first?.enrollmentId);
    expect(bad).toContain('0.00 EUR  50.00 EUR   otherBackThere');
    expect(process.exitCode).toBe(1);

    process.exitCode = undefined;
    expect(JSON.parse(await check({ service: false, json: true }))).toMatchObject({
      currencies: [{ currency: 'EUR', cameMinor: 24_000, standsMinor: 24_000 }],
      comparedWith: null,
      disagreements: [],
    });
    expect(process.exitCode).toBeUndefined();
  });

  it('asks the account of a workspace’s own beside the installation’s', async () => {
    const { workspaceId, app, system, config } = database;
    const secretKey = 'sk_test_of_a_school';
    // The installation’s account is empty; the payments are in the one of the workspace.
    const accounts = createServer((request, response) => {
      const isOwn = request.headers.authorization === `Bearer ${secretKey}`;
      const empty = JSON.stringify({ object: 'list', data: [], has_more: false, url: '/' });
      const headers = { authorization: request.headers.authorization ?? '' };
      const answer = isOwn
        ? fetch(`${doubles.urls.payment}${request.url}`, { headers }).then((found) => found.text())
        : Promise.resolve(empty);
      void answer.then((text) => response.setHeader('content-type', 'application/json').end(text));
    });
    accounts.listen(0, '127.0.0.1');
    await once(accounts, 'listening');
    const url = `http://127.0.0.1:${(accounts.address() as AddressInfo).port}`;
    const stand = { STRIPE_BASE_URL: url, STRIPE_SECRET_KEY: 'sk_test_x', STAND_INS: 'payment' };
    expect(await check({}, stand)).toContain('unknownThere');

    const value = JSON.stringify({ kind: 'stripeKeys', secretKey, webhookSecret: 'whsec_x' });
    const keys = await createKeySource(system, config)();
    const secret = { workspaceId, name: 'payment', actor: { kind: 'system', id: null } } as const;
    await inWorkspace(app, workspaceId, (tx) => setSecret(tx, keys, { ...secret, value }));
    const both = await check({}, stand);
    expect(both).not.toContain('unknownThere');
    expect(both).toContain(`compared with ${url} and the own accounts of w-${workspaceId}`);
    await inWorkspace(app, workspaceId, (tx) => deleteSecret(tx, secret));
    accounts.close();
  });

  it('does not take silence of the payment service for an agreement', async () => {
    await doubles.control.addFault({ service: 'payment', fault: 'status', status: 403, count: 1 });
    await expect(check()).rejects.toThrow('The payment service refused the key (403).');
    await expect(check({ workspace: 'no-such' })).rejects.toThrow('There is no workspace no-such.');
  });
});
