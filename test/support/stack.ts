import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPostgres } from '../../local/postgres/server.ts';
import { findTemporal } from '../../local/temporal/binary.ts';
import { startTemporal } from '../../local/temporal/server.ts';
import { withAdmin } from './database.ts';
import { testPort } from './ports.ts';

/** The real servers that a test run shares. */
export type TestStack = { adminUrl: string; temporalAddress: string; stop(): Promise<void> };

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Starts one Postgres and one Temporal with empty data for a test run, on free ports; they end with this process. */
export async function startTestStack(): Promise<TestStack> {
  const home = join(root, '.throughline/test', randomBytes(4).toString('hex'));
  mkdirSync(home, { recursive: true });
  const program = await findTemporal(join(root, '.throughline'), (what) => console.log(what));
  const postgresPort = await testPort('postgres');
  const temporalPort = await testPort('temporal');
  const [postgres, temporal] = await Promise.all([
    startPostgres({ home, port: postgresPort, log: join(home, 'postgres.log') }),
    startTemporal({ program, home: join(home, 'temporal'), port: temporalPort, log: join(home, 'temporal.log') }),
  ]);
  await neverSync(postgres.adminUrl);
  return {
    adminUrl: postgres.adminUrl,
    temporalAddress: temporal.address,
    async stop() {
      await Promise.all([postgres.stop(), temporal.stop()]);
      rmSync(postgres.data, { recursive: true, force: true });
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** No commit and no new database waits for the disk: what these servers store need not outlive this machine. */
async function neverSync(adminUrl: string): Promise<void> {
  await withAdmin(adminUrl, async (admin) => {
    await admin.query('alter system set fsync = off');
    await admin.query('alter system set synchronous_commit = off');
    await admin.query('alter system set full_page_writes = off');
    await admin.query('select pg_reload_conf()');
  });
}
