import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { alone } from '../../bin/lock.mjs';
import { birthOf, isSameProcess } from '../processes/identity.mjs';

/** Which process owns the local stack, where its server answers, and the processes it started. */
const Instance = z.object({
  pid: z.number(),
  birth: z.string(),
  url: z.string().nullable(),
  servers: z.array(z.object({ name: z.string(), pid: z.number(), birth: z.string() })),
});
type Instance = z.infer<typeof Instance>;

/** The lock of a running stack. */
export type InstanceLock = {
  /** Writes down the server's address, for a second start to show. */
  setUrl(url: string): void;
  /** Writes down the processes to be waited for should this one be killed. */
  setServers(servers: readonly { name: string; pid: number }[]): void;
  release(): void;
};

/** The stack runs already; `url` is its server's, null while it is starting. */
export class AlreadyRunning extends Error {
  readonly pid: number;
  readonly url: string | null;

  constructor(pid: number, url: string | null) {
    super(
      url === null
        ? `Throughline is being started here already, by process ${pid}.`
        : `Throughline runs here already: ${url} (process ${pid}). Stop it with Ctrl-C there, or with kill ${pid}.`,
    );
    this.pid = pid;
    this.url = url;
  }
}

/** How long the servers of a killed launcher may take to end; their guards need 6 s. */
const endMs = 10_000;

/**
 * Takes the lock of the stack in `file`. A lock whose process is gone is stale: the servers it had are waited for, then killed,
 * so that they hold neither ports nor data. Two starts take it one after the other. @throws AlreadyRunning
 */
export function takeInstanceLock(file: string): Promise<InstanceLock> {
  return alone(`${file}.lock`, () => take(file), 'is starting here');
}

async function take(file: string): Promise<InstanceLock> {
  const before = read(file);
  if (before && isSameProcess(before)) throw new AlreadyRunning(before.pid, before.url);
  if (before) await endLeftOvers(before);
  const own: Instance = { pid: process.pid, birth: birthOf(process.pid) ?? '', url: null, servers: [] };
  const save = (): void => {
    writeFileSync(`${file}.new`, JSON.stringify(own), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  save();
  return {
    setUrl(url) {
      own.url = url;
      save();
    },
    setServers(servers) {
      own.servers = servers.map((server) => ({ ...server, birth: birthOf(server.pid) ?? '' }));
      save();
    },
    release() {
      rmSync(file, { force: true });
    },
  };
}

function read(file: string): Instance | null {
  try {
    return Instance.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // No file, or one that a crash or a full disk cut short: there is no known process to wait for.
    return null;
  }
}

async function endLeftOvers(before: Instance): Promise<void> {
  const end = Date.now() + endMs;
  const living = (): Instance['servers'] => before.servers.filter(isSameProcess);
  while (living().length > 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 100));
  for (const { pid } of living()) process.kill(pid, 'SIGKILL');
}
