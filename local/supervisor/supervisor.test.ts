import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { logFile, logTail } from './log-files.ts';
import { birthOf } from '../processes/identity.mjs';
import { nodeService, type NodeProgram, type Service } from './service.ts';
import { createSupervisor, type Supervisor } from './supervisor.ts';

const folder = mkdtempSync(join(tmpdir(), 'tl-supervisor-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a line to the journal when it starts and one when it is asked to end. */
const program = join(folder, 'program.cjs');
writeFileSync(
  program,
  `const { appendFileSync } = require('node:fs');
   const tell = (what) => appendFileSync(process.env.JOURNAL, process.env.NAME + ' ' + what + '\\n');
   console.log('hello from ' + process.env.NAME);
   if (process.env.BROKEN) { console.error('no such database'); process.exit(3); }
   process.on('SIGTERM', () => { tell('ends'); if (!process.env.STUBBORN) process.exit(0); });
   setInterval(() => undefined, 1000);
   tell('starts');`,
);

let count = 0;

/** A folder of logs with a journal that the programs of one test write to. */
function place(): { logs: string; journal(): string[]; service(name: string, more?: Partial<NodeProgram>): Service } {
  count += 1;
  const logs = join(folder, String(count));
  const file = logFile(logs, 'journal');
  appendFileSync(file, '');
  const journal = (): string[] => readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return {
    logs,
    journal,
    service: (name, more = {}) =>
      nodeService({
        name,
        stage: 1,
        script: program,
        logs,
        graceMs: 200,
        isReady: () => Promise.resolve(journal().includes(`${name} starts`)),
        ...more,
        env: { JOURNAL: file, NAME: name, ...more.env },
      }),
  };
}

function pidOf(supervisor: Supervisor, name: string): number {
  return supervisor.servers().find((server) => server.name === name)?.pid ?? 0;
}

describe('a supervisor', () => {
  it('starts in order and ends the stages in reverse order', async () => {
    const { service, journal } = place();
    const supervisor = createSupervisor({ note: () => undefined });
    await supervisor.start(service('database', { stage: 0 }));
    await supervisor.start(service('api', { stage: 1 }));
    expect(journal()).toEqual(['database starts', 'api starts']);
    const pids = supervisor.servers().map(({ pid }) => pid);
    await supervisor.stop();
    expect(journal()).toEqual(['database starts', 'api starts', 'api ends', 'database ends']);
    expect(pids.map(birthOf)).toEqual([null, null]);
  });

  it('starts a killed program again, and says so', async () => {
    const { service, journal } = place();
    const notes: string[] = [];
    const supervisor = createSupervisor({
      note: (line) => notes.push(line),
      backoff: { firstMs: 50, lastMs: 100, steadyMs: 60_000 },
    });
    await supervisor.start(service('worker'));
    const first = pidOf(supervisor, 'worker');
    process.kill(first, 'SIGKILL');
    await expect.poll(() => notes.at(-1)).toBe('The worker runs again.');
    await expect.poll(journal).toEqual(['worker starts', 'worker starts']);
    expect(pidOf(supervisor, 'worker')).not.toBe(first);
    expect(birthOf(pidOf(supervisor, 'worker'))).not.toBeNull();
    expect(notes[0]).toBe('The worker ended with code 1; it is started again in 0.05 s.');
    await supervisor.stop();
    expect(supervisor.servers()).toEqual([]);
  });

  it('kills a program that does not heed its end', async () => {
    const { service } = place();
    const supervisor = createSupervisor({ note: () => undefined });
    await supervisor.start(service('stubborn', { env: { STUBBORN: '1' } }));
    const pid = pidOf(supervisor, 'stubborn');
    await supervisor.stop();
    expect(birthOf(pid)).toBeNull();
  });

  it('shows the end of the log of a program that does not start, of this start alone', async () => {
    const { service, logs } = place();
    appendFileSync(logFile(logs, 'api'), 'an older line\n');
    const supervisor = createSupervisor({ note: () => undefined });
    const broken = supervisor.start(service('api', { env: { BROKEN: '1' } }));
    await expect(broken).rejects.toThrow(/ended with code 3[^]*api \| hello from api\n {2}api \| no such database/);
    await expect(broken).rejects.not.toThrow(/older/);
    expect(logTail('api', logFile(logs, 'api'))).toContain('an older line');
    await supervisor.stop();
  });

  it('leaves nothing behind when its process is killed', async () => {
    const { logs } = place();
    const file = logFile(logs, 'journal');
    const code = `
      import { readFileSync } from 'node:fs';
      import { createSupervisor } from ${JSON.stringify(new URL('./supervisor.ts', import.meta.url).href)};
      import { nodeService } from ${JSON.stringify(new URL('./service.ts', import.meta.url).href)};
      const supervisor = createSupervisor({ note: () => undefined });
      for (const name of ['a', 'b'])
        await supervisor.start(nodeService({ name, stage: 1, script: ${JSON.stringify(program)}, logs: ${JSON.stringify(logs)},
          graceMs: 200, env: { JOURNAL: ${JSON.stringify(file)}, NAME: name, STUBBORN: '1' }, isReady: async () => readFileSync(${JSON.stringify(file)}, 'utf8').includes(name + ' starts') }));
      console.log(JSON.stringify(supervisor.servers()));`;
    const launcher = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(launcher.stdout, 'data')) as [Buffer];
    const pids = (JSON.parse(line.toString()) as { pid: number }[]).map(({ pid }) => pid);
    expect(pids).toHaveLength(2);
    launcher.kill('SIGKILL');
    await expect.poll(() => pids.map(birthOf)).toEqual([null, null]);
  });
});
