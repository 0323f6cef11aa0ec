import { describe, expect, it } from 'vitest';
import { ConfigError, readSettings } from '../../platform/config.ts';
import { RequestMetrics } from '../http/request-metrics.ts';
import type { Store } from '../http/store.ts';
import { type ApiConfig, apiShape } from '../settings.ts';
import { HooksService } from './hooks.service.ts';

const needed = { DATABASE_URL: 'postgres://x', THROUGHLINE_KEY: 'x'.repeat(32) };

describe('a paid webhook (security 7)', () => {
  it('is believed in no installation that has set no secret', async () => {
    const config: ApiConfig = readSettings(apiShape, needed);
    const hooks = new HooksService(config, {} as Store, new RequestMetrics());
    await expect(hooks.stripe(Buffer.from('{}'), 't=1,v1=x')).rejects.toMatchObject({
      status: 503,
      code: 'payment.notConfigured',
    });
  });

  it('cannot be signed with the secret that 0.1 had by default', () => {
    const settings = { ...needed, STRIPE_WEBHOOK_SECRET: 'whsec_stub' };
    expect(() => readSettings(apiShape, settings)).toThrow(ConfigError);
  });
});
