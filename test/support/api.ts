import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApi } from '../../api/api.ts';
import { type ApiConfig, apiShape } from '../../api/settings.ts';
import { readSettings } from '../../platform/config.ts';
import { createKeySource } from '../../platform/db/keys/master-keys.ts';
import { createDb, patience, type Db } from '../../platform/db/core/pool.ts';
import { createLogger } from '../../platform/log.ts';
import { createTemporal } from '../../platform/temporal/client.ts';
import { createCaller, type Caller } from './caller.ts';
import type { TestDatabase } from './database.ts';
import { testTemporalAddress } from './temporal-address.ts';

/** The API over a test database, in this process, called without a socket. */
export type TestApi = Caller & {
  app: NestFastifyApplication;
  config: ApiConfig;
  /** Opened as `tl_owner`, for provisioning. */
  owner: Db;
  stop(): Promise<void>;
};

/**
 * Starts an API of the test's own in this process over `database`: for tests that change its settings, cut its database or stop it.
 * All others use the installation (`useInstallation`).
 */
export async function createTestApi(database: TestDatabase, overrides: Partial<ApiConfig> = {}): Promise<TestApi> {
  const settings = {
    ...database.config,
    TEMPORAL_ADDRESS: testTemporalAddress(),
    LOG_LEVEL: 'silent',
    STRIPE_WEBHOOK_SECRET: 'whsec_of_tests',
  };
  const config: ApiConfig = { ...readSettings(apiShape, settings), ...overrides };
  const temporal = createTemporal(config);
  const log = createLogger({ name: 'api', level: process.env['TL_TEST_LOG'] ?? 'silent' });
  const keys = createKeySource(database.system, config);
  const app = await createApi({ config, log, app: database.app, system: database.system, temporal, keys });
  const owner = createDb(database.config, 'tl_owner', 1, patience.activity);
  const caller = createCaller(database, owner, async (request) => {
    const response = await app.inject(request);
    const headers = Object.entries(response.headers).map(([name, value]) => [
      name,
      typeof value === 'number' ? String(value) : value,
    ]);
    return { status: response.statusCode, headers: Object.fromEntries(headers), text: response.body };
  });
  return {
    ...caller,
    app,
    config,
    owner,
    async stop() {
      await app.close();
      await Promise.all([owner.destroy(), temporal.close()]);
    },
  };
}
