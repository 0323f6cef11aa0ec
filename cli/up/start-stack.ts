import { join } from 'node:path';
import type { Supervisor } from '../../local/supervisor/supervisor.ts';
import type { Service } from '../../local/supervisor/service.ts';
import { findTemporal } from '../../local/temporal/binary.ts';
import { readConfig } from '../../platform/config.ts';
import { prepareDatabase } from '../../platform/db/migrations/bootstrap.ts';
import { createDb, type Db } from '../../platform/db/core/pool.ts';
import { ensureDatabase } from '../../platform/db/core/server.ts';
import { step } from '../support/output.ts';
import type { Ports } from './ports.ts';
import { seedDemo, type Demo } from './seed.ts';
import {
  apiService,
  doublesService,
  postgresService,
  temporalService,
  workerService,
  type StackParts,
} from './services.ts';
import { masterKey, programSettings } from './settings.ts';
import { withUsualModel } from './usual-model.ts';

/**
 * A running stack, as the terminal shows it. `temporalUrl` is null where the Temporal server is one's own; `databaseUrl` has the login that
 * may create roles.
 */
export type Stack = {
  url: string;
  controlUrl: string;
  temporalUrl: string | null;
  databaseUrl: string;
  demo: Demo;
  close(): Promise<void>;
};

/**
 * Starts every program, each as a step, and seeds the workspace "Demo"; what does not need one another is started side by side.
 * @throws Error saying what to do
 */
export async function startStack(home: string, ports: Ports, supervisor: Supervisor): Promise<Stack> {
  const parts: StackParts = { home, logs: join(home, 'logs'), ports };
  const start = (label: string, service: Service): Promise<void> => step(label, () => supervisor.start(service));
  const [databaseUrl, temporal] = await Promise.all([startDatabase(parts, start), startWorkflowServer(parts, start)]);
  const config = readConfig({ ...process.env, DATABASE_URL: databaseUrl, THROUGHLINE_KEY: masterKey(home) });
  const own = programSettings({
    home,
    ports,
    key: config.THROUGHLINE_KEY,
    databaseUrl: config.DATABASE_URL,
    temporalAddress: temporal.address,
  });
  const settings = await withUsualModel(own, process.env, step);
  await Promise.all([
    step('database schema', (tell) => prepareDatabase(config, { tell })),
    start('doubles of mail, LLM, CRM and payment', doublesService(parts, settings)),
  ]);
  const system = createDb(config, 'tl_system', 1);
  const [demo] = await Promise.all([
    step('workspace "Demo"', () => withOwner(createDb(config, 'tl_owner', 1), seedDemo)),
    start('API', apiService(parts, settings)),
    start('worker', workerService(parts, settings, system)),
  ]);
  return {
    url: settings['PUBLIC_URL'] ?? `http://127.0.0.1:${ports.api}`,
    controlUrl: `http://127.0.0.1:${ports.control}`,
    temporalUrl: temporal.uiUrl,
    databaseUrl,
    demo,
    close: () => system.destroy(),
  };
}

type Start = (label: string, service: Service) => Promise<void>;

async function startDatabase(parts: StackParts, start: Start): Promise<string> {
  const own = process.env['DATABASE_URL'];
  if (own) return own;
  let adminUrl = '';
  await start(
    'Postgres',
    postgresService(parts, (url) => {
      adminUrl = url;
    }),
  );
  return ensureDatabase(adminUrl, 'throughline');
}

async function startWorkflowServer(
  parts: StackParts,
  start: Start,
): Promise<{ address: string; uiUrl: string | null }> {
  const own = process.env['TEMPORAL_ADDRESS'];
  if (own) return { address: own, uiUrl: null };
  const program = await step('finding the Temporal server', (tell) => findTemporal(parts.home, tell));
  await start('Temporal', temporalService(parts, program));
  return {
    address: `127.0.0.1:${parts.ports.temporal}`,
    uiUrl: `http://127.0.0.1:${parts.ports.temporalUi}`,
  };
}

async function withOwner<T>(owner: Db, work: (owner: Db) => Promise<T>): Promise<T> {
  try {
    return await work(owner);
  } finally {
    await owner.destroy();
  }
}
