import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDoublesClient, type DoublesClient } from '../../../local/control/client.ts';
import { freePort } from '../../../local/ports.ts';
import { startPostgres } from '../../../local/postgres/server.ts';
import { startGuarded, type Guarded } from '../../../local/processes/guarded.ts';
import { findTemporal } from '../../../local/temporal/binary.ts';
import { startTemporal } from '../../../local/temporal/server.ts';
import { prepareDatabase } from '../../../platform/db/migrations/bootstrap.ts';
import { kysely } from '../../../platform/db/core/kysely.ts';
import { createDb, type Db } from '../../../platform/db/core/pool.ts';
import { createOperatorKey, ensureWorkspace } from '../../../platform/db/access/provisioning.ts';
import { newToken } from '../../../platform/tokens.ts';
import { scopes } from '../../../contracts/access/access.ts';

/**
 * A whole installation for a bench, each part a process of its own as in production: Postgres, Temporal, the doubles and the
 * worker; `pids` are theirs. `settings` are those of the worker, and what else is to be started. `BENCH_PROFILES` names a folder for CPU profiles of the worker.
 */
export type Installation = {
  settings: Record<string, string> & { DATABASE_URL: string; THROUGHLINE_KEY: string };
  home: string;
  workspaceId: string;
  /** An API key with every right. */
  key: string;
  app: Db;
  system: Db;
  doubles: DoublesClient;
  pids: { postgres: number; temporal: number; worker: number };
  stop(): Promise<void>;
};

/** Starts one on free ports, with empty data. Expects to run from `dist/`. */
export async function startInstallation(): Promise<Installation> {
  const compiled = fileURLToPath(new URL('../../..', import.meta.url));
  const state = join(compiled, '../.throughline');
  mkdirSync(join(state, 'test'), { recursive: true });
  const home = mkdtempSync(join(state, 'test/bench-'));
  const log = (name: string): string => join(home, `${name}.log`);
  const program = await findTemporal(state, (line) => console.error(line));
  const ports = await freePorts(22_000, ['postgres', 'temporal', 'control', 'smtp', 'llm', 'crm', 'payment'] as const);

  const postgres = await startPostgres({ home, port: ports.postgres, log: log('postgres') });
  const temporal = await startTemporal({
    program,
    home: join(home, 'temporal'),
    port: ports.temporal,
    log: log('temporal'),
  });
  const settings = {
    DATABASE_URL: postgres.adminUrl,
    THROUGHLINE_KEY: newToken(),
    THROUGHLINE_HOME: home,
    TEMPORAL_ADDRESS: temporal.address,
    SMTP_URL: `smtp://127.0.0.1:${ports.smtp}`,
    OPENAI_BASE_URL: `http://127.0.0.1:${ports.llm}/v1`,
    CRM_BASE_URL: `http://127.0.0.1:${ports.crm}`,
    STRIPE_BASE_URL: `http://127.0.0.1:${ports.payment}`,
    API_RATE_PER_MINUTE: '1000000000',
  };
  await prepareDatabase(settings);
  const owner = createDb(settings, 'tl_owner', 1);
  const workspaceId = await ensureWorkspace(owner, { slug: 'bench', name: 'Bench' });
  const key = await createOperatorKey(owner, { workspaceId, name: 'bench', scopes: [...scopes] });
  await owner.destroy();

  const profiles = process.env['BENCH_PROFILES'];
  const profiled = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`];
  const start = (script: string, env: Record<string, string>, flags: string[] = []): Guarded =>
    startGuarded({
      command: process.execPath,
      args: ['--enable-source-maps', ...flags, join(compiled, script)],
      log: log(script.replaceAll('/', '-')),
      env,
    });
  const doublesProcess = start('local/main.js', {
    DOUBLES_CONTROL_PORT: String(ports.control),
    SMTP_PORT: String(ports.smtp),
    LLM_PORT: String(ports.llm),
    CRM_PORT: String(ports.crm),
    PAYMENT_PORT: String(ports.payment),
    DOUBLES_HOME: join(home, 'doubles'),
  });
  const doubles = createDoublesClient(`http://127.0.0.1:${ports.control}`);
  await until('the doubles', () => doubles.isReady());
  const worker = start('worker/main.js', settings, profiled);
  const app = createDb(settings, 'tl_app', 10);
  const system = createDb(settings, 'tl_system', 4);
  await until(
    'the worker',
    async () => (await kysely(system).selectFrom('worker_heartbeat').select('queue').execute()).length > 0,
  );

  return {
    settings,
    home,
    workspaceId,
    key,
    app,
    system,
    doubles,
    pids: { postgres: pidOf(postgres.process), temporal: pidOf(temporal.process), worker: pidOf(worker) },
    async stop() {
      await worker.stop();
      await Promise.all([app.destroy(), system.destroy(), doublesProcess.stop()]);
      await Promise.all([postgres.stop(), temporal.stop()]);
      rmSync(postgres.data, { recursive: true, force: true });
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** How often `until` looks, in milliseconds, and after how many minutes it gives up. */
export type Patience = { everyMs?: number; minutes?: number };

/** The patience for something that takes longer and is dearer to look at the more there are: also on a busy machine, with mails. */
export function patienceFor(count: number): Required<Patience> {
  return { everyMs: Math.max(50, count / 100), minutes: 5 + count / 600 };
}

/** Looks until it is so. @throws Error when the patience is at an end */
export async function until(
  what: string,
  look: () => Promise<boolean>,
  { everyMs = 50, minutes = 5 }: Patience = {},
): Promise<void> {
  const end = Date.now() + minutes * 60_000;
  while (!(await look())) {
    if (Date.now() > end) throw new Error(`Not within ${Math.ceil(minutes)} minutes: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

async function freePorts<Name extends string>(from: number, names: readonly Name[]): Promise<Record<Name, number>> {
  const found: [Name, number][] = [];
  let next = from;
  for (const name of names) {
    const port = await freePort(next);
    found.push([name, port]);
    next = port + 1;
  }
  return Object.fromEntries(found) as Record<Name, number>;
}

function pidOf(process: Guarded): number {
  const pid = process.pid();
  if (pid === undefined) throw new Error('The process has not said its id');
  return pid;
}
