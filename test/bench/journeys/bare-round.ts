import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { cpuMsOf } from '../support/cpu.ts';
import { createTemporal } from '../../../platform/temporal/client.ts';

/** Starts under way at once: as many as our dispatcher's. */
const lanes = 16;

/** Starts so many bare workflows on the same server, until all wait. @returns workflows a second, and the worker's CPU of each */
export async function bareRound(address: string, runs: number): Promise<{ perSecond: number; workerCpuMs: number }> {
  const taskQueue = `bare-${randomUUID()}`;
  const script = fileURLToPath(new URL('./bare-worker.js', import.meta.url));
  const worker = spawn(process.execPath, [script, address, taskQueue, String(runs)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const temporal = createTemporal({ TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: 'default' });
  try {
    const says = linesOf(worker);
    await says('ready');
    const began = performance.now();
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < runs) {
        next += 1;
        await temporal.client.workflow.start('bareWorkflow', { workflowId: randomUUID(), taskQueue });
      }
    };
    await Promise.all([...Array.from({ length: lanes }, lane), says('done')]);
    const perSecond = runs / ((performance.now() - began) / 1_000);
    return { perSecond, workerCpuMs: worker.pid === undefined ? 0 : cpuMsOf(worker.pid) };
  } finally {
    worker.kill('SIGKILL');
    await temporal.close();
  }
}

/** Waits for a line of a process. @throws Error when it ends before */
function linesOf(child: ChildProcess): (wanted: string) => Promise<void> {
  const said = new Set<string>();
  let wake = (): void => undefined;
  if (!child.stdout) throw new Error('The process has no output');
  createInterface({ input: child.stdout }).on('line', (line) => {
    said.add(line);
    wake();
  });
  child.once('exit', () => {
    said.add('exit');
    wake();
  });
  return async (wanted) => {
    while (!said.has(wanted)) {
      if (said.has('exit')) throw new Error('The bare worker has ended');
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
}
