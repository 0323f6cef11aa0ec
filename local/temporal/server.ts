import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { searchAttributes } from '../../contracts/core/search-attributes.ts';
import { startGuarded, type Guarded } from '../processes/guarded.ts';
import { noteServerVersion } from './data-version.ts';

/** A running Temporal dev server. */
export type TemporalServer = { address: string; uiUrl: string | null; process: Guarded; stop(): Promise<void> };

/** Closed histories are kept this long; `start-dev` has one day. */
const retentionMs = 30 * 24 * 3_600 * 1_000;
/** SQLite with a history of weeks takes seconds to open, on a busy machine minutes. A server that cannot start ends by itself. */
const readyMs = 600_000;

const dynamicConfig = [
  'matching.useNewMatcher=true',
  'matching.enableFairness=true',
  // Order and fairness hold within one partition.
  'matching.numTaskqueueReadPartitions=1',
  'matching.numTaskqueueWritePartitions=1',
  'frontend.enableServerVersionCheck=false',
];
/** A checkpoint each 1,000 pages rewrote 4 MB a run under load; this one comes after 80 MB. */
const pragmas = ['journal_mode=WAL', 'synchronous=NORMAL', 'wal_autocheckpoint=20000'];

/** What to start: without `uiPort` there is no web interface. */
export type TemporalOptions = { program: string; home: string; port: number; uiPort?: number; log: string };

/**
 * Starts the server on a database file below `home`; what it knew is there again. Ends with this process.
 * @throws Error when it does not start, and when the data is of a newer server
 */
export async function startTemporal(options: TemporalOptions): Promise<TemporalServer> {
  mkdirSync(options.home, { recursive: true });
  await noteServerVersion(options.program, options.home);
  const server = startGuarded({
    command: options.program,
    args: [
      ...'server start-dev --ip 127.0.0.1 --namespace default --log-level error'.split(' '),
      '--port',
      String(options.port),
      '--db-filename',
      join(options.home, 'temporal.db'),
      ...(options.uiPort === undefined ? ['--headless'] : ['--ui-port', String(options.uiPort)]),
      ...pragmas.flatMap((pragma) => ['--sqlite-pragma', pragma]),
      ...Object.values(searchAttributes).flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
      ...dynamicConfig.flatMap((value) => ['--dynamic-config-value', value]),
    ],
    log: options.log,
  });
  const address = `127.0.0.1:${options.port}`;
  const isReady = await Promise.race([becomesReady(address), server.exited.then(() => false)]);
  if (!isReady) {
    await server.stop();
    throw new Error(`Temporal did not start; its log is ${options.log}.`);
  }
  return {
    address,
    uiUrl: options.uiPort === undefined ? null : `http://127.0.0.1:${options.uiPort}`,
    process: server,
    stop: () => server.stop(),
  };
}

async function becomesReady(address: string): Promise<boolean> {
  const end = Date.now() + readyMs;
  while (Date.now() < end) {
    const connection = Connection.lazy({ address });
    try {
      // A server that takes a call answers it, late where the machine is busy.
      await connection.withDeadline(end, () => keepHistories(connection));
      return true;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    } finally {
      await connection.close();
    }
  }
  return false;
}

async function keepHistories(connection: Connection): Promise<void> {
  await connection.workflowService.updateNamespace({
    namespace: 'default',
    config: { workflowExecutionRetentionTtl: msToTs(retentionMs) },
  });
}
