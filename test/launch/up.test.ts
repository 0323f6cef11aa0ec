import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { preparePostgresFiles } from '../../local/postgres/files.ts';
import { birthOf } from '../../local/processes/identity.mjs';
import { findTemporal } from '../../local/temporal/binary.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Starting everything takes some 10 s on two free cores, and the build comes before the first one. */
const startMs = 120_000;

const Written = z.object({
  url: z.string().nullable(),
  servers: z.array(z.object({ name: z.string(), pid: z.number() })),
});

let home = '';
let temporal = '';
const launchers: ChildProcess[] = [];

beforeAll(async () => {
  mkdirSync(join(root, '.throughline/test'), { recursive: true });
  home = mkdtempSync(join(root, '.throughline/test/up-'));
  temporal = await findTemporal(join(root, '.throughline'), () => undefined);
}, startMs);

afterEach(async () => {
  for (const launcher of launchers.splice(0)) {
    if (launcher.exitCode !== null || launcher.signalCode !== null) continue;
    launcher.kill('SIGTERM');
    await once(launcher, 'exit');
  }
});

afterAll(() => {
  rmSync(preparePostgresFiles(home).data, { recursive: true, force: true });
  rmSync(home, { recursive: true, force: true });
});

/** Starts the launcher as `npm start -- --no-demo` does; `output()` is all it has printed. */
function launch(): { process: ChildProcess; output(): string } {
  const { DATABASE_URL: _url, TEMPORAL_ADDRESS: _address, ...env } = process.env;
  const launcher = spawn(process.execPath, [join(root, 'bin/throughline.mjs'), 'up', '--no-demo'], {
    env: { ...env, THROUGHLINE_HOME: home, TEMPORAL_CLI: temporal },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  launchers.push(launcher);
  let output = '';
  for (const stream of [launcher.stdout, launcher.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  return { process: launcher, output: () => output };
}

async function untilPrinted({ process: launcher, output }: ReturnType<typeof launch>, text: string): Promise<void> {
  const end = Date.now() + startMs;
  while (!output().includes(text)) {
    if (launcher.exitCode !== null || Date.now() > end) throw new Error(`It never printed "${text}":\n${output()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function written(): z.infer<typeof Written> {
  return Written.parse(JSON.parse(readFileSync(join(home, 'stack.json'), 'utf8')));
}

async function expectGone(pids: number[]): Promise<void> {
  await expect.poll(() => pids.map(birthOf)).toEqual(pids.map(() => null));
}

describe('npm start', () => {
  // One story, as each start takes its seconds.
  it('serves, refuses a second start, revives a killed worker, leaves nothing behind when it is killed or asked to end, and finds its keys and ports again', async () => {
    const first = launch();
    await untilPrinted(first, 'goes on serving');
    const { url, servers } = written();
    expect(servers.map(({ name }) => name)).toEqual(['postgres', 'temporal', 'doubles', 'api', 'worker']);
    // The API answers as itself: there is no session.
    expect((await fetch(`${url}/v1/session`)).status).toBe(401);

    const second = launch();
    const worker = servers.find(({ name }) => name === 'worker')?.pid ?? 0;
    process.kill(worker, 'SIGKILL');
    const [code] = (await once(second.process, 'exit')) as [number];
    expect([code, second.output()]).toEqual([1, expect.stringContaining(`runs here already: ${url}`)]);
    await untilPrinted(first, 'The worker runs again.');
    const revived = written().servers.map(({ pid }) => pid);
    expect(revived).not.toContain(worker);

    const keys = readFileSync(join(home, 'local.json'), 'utf8');
    first.process.kill('SIGKILL');
    await expectGone(revived);

    const third = launch();
    await untilPrinted(third, 'goes on serving');
    const again = written();
    expect(again.url).toBe(url);
    expect(readFileSync(join(home, 'local.json'), 'utf8')).toBe(keys);
    third.process.kill('SIGTERM');
    await once(third.process, 'exit');
    await expectGone(again.servers.map(({ pid }) => pid));
  }, 360_000);
});
