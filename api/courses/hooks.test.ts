import { describe, expect, it, vi } from 'vitest';
import type { HookAnswer } from '../../contracts/courses/enrollments-api.schema.ts';
import { signWebhook } from '../../local/payment/webhooks.ts';
import { createLogger } from '../../platform/log.ts';
import { ConfigError, readSettings } from '../../platform/config.ts';
import { RequestMetrics } from '../http/request-metrics.ts';
import type { Store } from '../http/store.ts';
import { type ApiConfig, apiShape } from '../settings.ts';
import { HooksService } from './hooks.service.ts';

const needed = { DATABASE_URL: 'postgres://x', THROUGHLINE_KEY: 'x'.repeat(32) };

const log = createLogger({ name: 'api', level: 'silent' });

function hooksWith(settings: Record<string, string>): HooksService {
  const config: ApiConfig = readSettings(apiShape, { ...needed, ...settings });
  return new HooksService(config, log, {} as Store, new RequestMetrics(), () => Promise.reject(new Error('no keys')));
}

/** Reports something that is of no enrollment. */
function report(hooks: HooksService, event: object, secret: string): Promise<HookAnswer> {
  const body = JSON.stringify({ id: 'evt_1', type: 'invoice.paid', created: 1, data: { object: {} }, ...event });
  return hooks.stripe(Buffer.from(body), signWebhook({ body, secret, atSeconds: Math.floor(Date.now() / 1000) }));
}

describe('a paid webhook (security 7)', () => {
  it('is believed in no installation that has set no secret', async () => {
    await expect(hooksWith({}).stripe(Buffer.from('{}'), 't=1,v1=x')).rejects.toMatchObject({
      status: 503,
      code: 'payment.notConfigured',
    });
  });

  it.each(['whsec_stub', 'whsec_own, whsec_stub'])(
    'cannot be signed with the secret that 0.1 had by default: %s',
    (secrets) => {
      const settings = { ...needed, STRIPE_WEBHOOK_SECRET: secrets };
      expect(() => readSettings(apiShape, settings)).toThrow(ConfigError);
    },
  );

  it('is believed with either secret while one replaces the other, and with no third one', async () => {
    const hooks = hooksWith({ STRIPE_WEBHOOK_SECRET: 'whsec_new, whsec_old' });
    for (const secret of ['whsec_new', 'whsec_old'])
      await expect(report(hooks, {}, secret)).resolves.toEqual({ received: true });
    await expect(report(hooks, {}, 'whsec_third')).rejects.toMatchObject({
      status: 400,
      code: 'payment.bad_signature',
    });
  });

  it('is believed by any of the signatures that it carries while its secret is rolled (PostHog 61131)', async () => {
    const hooks = hooksWith({ STRIPE_WEBHOOK_SECRET: 'whsec_own' });
    const body = JSON.stringify({ id: 'evt_2', type: 'invoice.paid', created: 1, data: { object: {} } });
    const atSeconds = Math.floor(Date.now() / 1000);
    const [rolled, own] = ['whsec_rolled', 'whsec_own'].map((secret) => signWebhook({ body, secret, atSeconds }));
    const both = `${rolled},${/v1=\w+/.exec(own ?? '')?.[0]}`;
    expect(await hooks.stripe(Buffer.from(body), both)).toEqual({ received: true });
  });

  it.each([
    ['sk_test_of_a_school', true],
    ['rk_test_of_a_school', true],
    ['sk_live_of_a_school', false],
    ['rk_live_of_a_school', false],
  ])(
    'is refused aloud with the key %s where its live mode is %s, and taken in the other mode',
    async (key, livemode) => {
      const hooks = hooksWith({ STRIPE_SECRET_KEY: key, STRIPE_WEBHOOK_SECRET: 'whsec_own' });
      const logged = vi.spyOn(log, 'error').mockReturnValue();
      await expect(report(hooks, { livemode }, 'whsec_own')).rejects.toMatchObject({
        status: 409,
        code: 'payment.other_mode',
      });
      expect(logged).toHaveBeenCalledExactlyOnceWith(
        expect.stringMatching(/^The event is of Stripe's (live|test) mode/),
      );
      expect(JSON.stringify(logged.mock.calls)).not.toContain(key);
      logged.mockRestore();
      await expect(report(hooks, { livemode: !livemode }, 'whsec_own')).resolves.toEqual({ received: true });
    },
  );

  it.each([true, false])('is taken in either mode where the key says none: %s', async (livemode) => {
    const hooks = hooksWith({ STRIPE_WEBHOOK_SECRET: 'whsec_own' });
    await expect(report(hooks, { livemode }, 'whsec_own')).resolves.toEqual({ received: true });
  });
});
