import { mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startDoubles, type Doubles } from '../../local/control/doubles.ts';
import { startPostgres, type PostgresServer } from '../../local/postgres/server.ts';
import { startGuarded, type Guarded } from '../../local/processes/guarded.ts';
import { findTemporal } from '../../local/temporal/binary.ts';
import { startTemporal, type TemporalServer } from '../../local/temporal/server.ts';
import { createTestApi, type TestApi } from './api.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { buildProduct } from './installation.ts';
import { testPort } from './ports.ts';

/** What can be killed. */
export type Victim = 'worker' | 'postgres' | 'temporal';

/**
 * A whole installation for crash tests: Postgres, Temporal and the worker are processes of their own that `kill` ends with SIGKILL
 * and starts again; the API and the doubles live in this process and see all of it. `url` is where the API listens.
 */
export type House = {
  database: TestDatabase;
  api: TestApi;
  url: string;
  doubles: Doubles;
  /** Kills a part and starts it again at once on the same data and port; `downMs` keeps it down for a while. */
  kill(victim: Victim, downMs?: number): Promise<void>;
  stop(): Promise<void>;
};

const root = fileURLToPath(new URL('../..', import.meta.url));
const webhookSecret = 'whsec_chaos';

/** Starts an installation on free ports with data of its own. `settings` go to the worker. */
export async function startHouse(settings: Record<string, string> = {}): Promise<House> {
  await buildProduct();
  mkdirSync(join(root, '.throughline/test'), { recursive: true });
  const home = mkdtempSync(join(root, '.throughline/test/house-'));
  const log = (name: string): string => join(home, `${name}.log`);
  const program = await findTemporal(join(root, '.throughline'), () => undefined);
  const ports = { postgres: await testPort('postgres'), temporal: await testPort('temporal') };

  const start = {
    postgres: () => startPostgres({ home, port: ports.postgres, log: log('postgres') }),
    temporal: () =>
      startTemporal({ program, home: join(home, 'temporal'), port: ports.temporal, log: log('temporal') }),
  };
  const running: { postgres: PostgresServer; temporal: TemporalServer; worker: Guarded | null } = {
    postgres: await start.postgres(),
    temporal: await start.temporal(),
    worker: null,
  };
  // This test's own servers instead of the shared ones.
  process.env['TL_TEST_ADMIN_URL'] = running.postgres.adminUrl;
  process.env['TL_TEST_TEMPORAL_ADDRESS'] = running.temporal.address;
  const database = await createTestDatabase({ poolSize: 10 });
  const shared = { STRIPE_WEBHOOK_SECRET: webhookSecret, THROUGHLINE_HOME: home };
  const api = await createTestApi(database, shared);
  await api.app.listen(0, '127.0.0.1');
  const url = await api.app.getUrl();
  const doubles = await startDoubles({ webhook: { url: `${url}/hooks/stripe`, secret: webhookSecret } });

  const env = {
    ...database.config,
    ...shared,
    PUBLIC_URL: url,
    TEMPORAL_ADDRESS: running.temporal.address,
    SMTP_URL: doubles.urls.smtp,
    OPENAI_BASE_URL: doubles.urls.llm,
    CRM_BASE_URL: doubles.urls.crm,
    STRIPE_BASE_URL: doubles.urls.payment,
    LOG_LEVEL: 'warn',
    ...settings,
  };
  const startWorker = (): void => {
    running.worker = startGuarded({
      command: process.execPath,
      args: ['--enable-source-maps', join(root, 'dist/worker/main.js')],
      log: log('worker'),
      env,
    });
  };
  startWorker();

  return {
    database,
    api,
    url,
    doubles,
    async kill(victim, downMs = 0) {
      const process = victim === 'worker' ? running.worker : running[victim].process;
      process?.kill('SIGKILL');
      await process?.exited;
      if (downMs > 0) await new Promise((resolve) => setTimeout(resolve, downMs));
      if (victim === 'worker') startWorker();
      else if (victim === 'postgres') running.postgres = await start.postgres();
      else running.temporal = await start.temporal();
    },
    async stop() {
      await running.worker?.stop();
      await Promise.all([api.stop(), doubles.stop()]);
      await database.stop();
      await Promise.all([running.postgres.stop(), running.temporal.stop()]);
      rmSync(running.postgres.data, { recursive: true, force: true });
      rmSync(home, { recursive: true, force: true });
    },
  };
}
