import { execFileSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startDoubles, type Doubles } from '../../local/control/doubles.ts';
import { preparePostgresFiles } from '../../local/postgres/files.ts';
import { startPostgres, type PostgresServer } from '../../local/postgres/server.ts';
import { startGuarded, type Guarded } from '../../local/processes/guarded.ts';
import { findTemporal } from '../../local/temporal/binary.ts';
import { startTemporal, type TemporalServer } from '../../local/temporal/server.ts';
import { createTestApi, type TestApi } from './api.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { buildProduct } from './installation.ts';
import { testPort } from './ports.ts';
import { startProxy } from './proxy.ts';
import { settings } from './settings.ts';

/** What can be killed. */
export type Victim = 'worker' | 'postgres' | 'temporal';

/**
 * What can be wrong for a while. Unavailable: the services outside, Temporal, Postgres, `objects`, which is the object store. Full: `disk`,
 * which is that of the worker's home, and `postgresDisk`. Frozen: `worker`, beside which another one starts. An hour ahead: `clock`, which
 * is the worker's.
 */
export type Service =
  | 'llm'
  | 'smtp'
  | 'crm'
  | 'payment'
  | 'temporal'
  | 'postgres'
  | 'objects'
  | 'disk'
  | 'postgresDisk'
  | 'worker'
  | 'clock';

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
  /** Has a service wrong for `ms`; resolves when it is well again. */
  withhold(service: Service, ms: number): Promise<void>;
  /** How many worker processes have ended though nothing killed them. */
  endedByItself(): number;
  stop(): Promise<void>;
};

const root = fileURLToPath(new URL('../..', import.meta.url));
const webhookSecret = 'whsec_chaos';

/** Enough for what a test leaves in a home or in Postgres. */
const diskBytes = 768 * 1024 * 1024;

/**
 * Starts an installation on free ports with data of its own, and so that `troubled` can go wrong: a disk is a small one of its own, which can
 * be filled and for which the user must be root; a clock needs libfaketime (`settings.faketime`).
 */
export async function startHouse({ troubled }: { troubled?: Service } = {}): Promise<House> {
  await buildProduct();
  mkdirSync(join(root, '.throughline/test'), { recursive: true });
  const servers = mkdtempSync(join(root, '.throughline/test/house-'));
  const home = join(servers, 'home');
  mkdirSync(home);
  const disks: string[] = [];
  const mount = (folder: string): void => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskBytes}`, 'tmpfs', folder]);
    disks.push(folder);
  };
  if (troubled === 'disk') mount(home);
  const { data } = preparePostgresFiles(servers);
  if (troubled === 'postgresDisk') {
    mount(data);
    // The disk belongs to root, the files of Postgres do not.
    preparePostgresFiles(servers);
  }
  const log = (name: string): string => join(servers, `${name}.log`);
  const program = await findTemporal(join(root, '.throughline'), () => undefined);
  const ports = { postgres: await testPort('postgres'), temporal: await testPort('temporal') };

  const start = {
    postgres: () => startPostgres({ home: servers, port: ports.postgres, log: log('postgres') }),
    temporal: () =>
      startTemporal({ program, home: join(servers, 'temporal'), port: ports.temporal, log: log('temporal') }),
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
  const api = await createTestApi(database, { STRIPE_WEBHOOK_SECRET: [webhookSecret], THROUGHLINE_HOME: home });
  await api.app.listen(0, '127.0.0.1');
  const url = await api.app.getUrl();
  const doubles = await startDoubles({ webhook: { url: `${url}/hooks/stripe`, secret: webhookSecret } });
  const ways = {
    llm: await startProxy(doubles.urls.llm),
    smtp: await startProxy(doubles.urls.smtp),
    crm: await startProxy(doubles.urls.crm),
    payment: await startProxy(doubles.urls.payment),
  };

  const env = {
    ...database.config,
    THROUGHLINE_HOME: home,
    PUBLIC_URL: url,
    TEMPORAL_ADDRESS: running.temporal.address,
    SMTP_URL: ways.smtp.url,
    OPENAI_BASE_URL: ways.llm.url,
    CRM_BASE_URL: ways.crm.url,
    STRIPE_BASE_URL: ways.payment.url,
    LOG_LEVEL: 'warn',
    ...(troubled === 'clock' ? clockOf(join(servers, 'clock')) : {}),
  };
  const asked = new Set<Guarded>();
  /** Workers beside the one that is running. */
  const also: Guarded[] = [];
  let endedByItself = 0;
  const startWorker = (): void => {
    const worker = startGuarded({
      command: process.execPath,
      // Without source maps it starts in less time, as it does after each kill.
      args: [join(root, 'dist/worker/main.js')],
      log: log('worker'),
      env,
    });
    void worker.exited.then(() => (endedByItself += asked.has(worker) ? 0 : 1));
    running.worker = worker;
  };
  startWorker();

  const kill: House['kill'] = async (victim, downMs = 0) => {
    if (victim === 'worker' && running.worker) asked.add(running.worker);
    const server = victim === 'worker' ? running.worker : running[victim].process;
    server?.kill('SIGKILL');
    await server?.exited;
    if (downMs > 0) await sleep(downMs);
    if (victim === 'worker') startWorker();
    else if (victim === 'postgres') running.postgres = await start.postgres();
    else running.temporal = await start.temporal();
  };

  return {
    database,
    api,
    url,
    doubles,
    kill,
    async withhold(service, ms) {
      switch (service) {
        case 'temporal':
        case 'postgres':
          return kill(service, ms);
        case 'objects': {
          const folder = join(home, 'objects');
          renameSync(folder, `${folder}-away`);
          writeFileSync(folder, 'no folder');
          await sleep(ms);
          rmSync(folder);
          return renameSync(`${folder}-away`, folder);
        }
        case 'disk':
          return fillFor(home, ms);
        case 'worker': {
          const frozen = running.worker;
          if (frozen) also.push(frozen);
          const pid = frozen?.pid() ?? 0;
          process.kill(pid, 'SIGSTOP');
          startWorker();
          await sleep(ms);
          process.kill(pid, 'SIGCONT');
          return;
        }
        case 'clock':
          writeFileSync(join(servers, 'clock'), '+3600');
          await sleep(ms);
          return writeFileSync(join(servers, 'clock'), '+0');
        case 'postgresDisk':
          await fillFor(data, ms);
          // Where it could not even write its log it has ended, and its operator starts it again.
          if (await isOver(running.postgres.process)) running.postgres = await start.postgres();
          return;
        default:
          ways[service].cut();
          await sleep(ms);
          return ways[service].mend();
      }
    },
    endedByItself: () => endedByItself,
    async stop() {
      const workers = [...also, ...(running.worker ? [running.worker] : [])];
      for (const worker of workers) asked.add(worker);
      await Promise.all(workers.map((worker) => worker.stop()));
      await Promise.all([api.stop(), doubles.stop(), ...Object.values(ways).map((way) => way.stop())]);
      await database.stop();
      await Promise.all([running.postgres.stop(), running.temporal.stop()]);
      for (const disk of disks) execFileSync('umount', [disk]);
      rmSync(running.postgres.data, { recursive: true, force: true });
      rmSync(servers, { recursive: true, force: true });
    },
  };
}

/** Gives a process a clock for the hour of the day, which is off by as much as `file` says at any time; what counts seconds goes on. */
function clockOf(file: string): Record<string, string> {
  writeFileSync(file, '+0');
  return {
    LD_PRELOAD: settings.faketime,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    DONT_FAKE_MONOTONIC: '1',
  };
}

/** Keeps the disk of `folder` full for `ms`: what is deleted meanwhile leaves no room either. */
async function fillFor(folder: string, ms: number): Promise<void> {
  const filler = join(folder, 'filler');
  for (const end = Date.now() + ms; Date.now() < end; await sleep(200)) {
    try {
      const { bavail, bsize } = statfsSync(folder);
      if (bavail > 0) writeFileSync(filler, Buffer.alloc(bavail * bsize), { flag: 'a' });
    } catch (error) {
      // Others write too: what is left was less.
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
    }
  }
  rmSync(filler);
}

/** Whether a process ends within the moment that it may need for it. */
function isOver({ exited }: Guarded): Promise<boolean> {
  return Promise.race([exited.then(() => true), sleep(2_000, false)]);
}
