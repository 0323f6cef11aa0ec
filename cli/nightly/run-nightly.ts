import { spawn } from 'node:child_process';
import { note, say } from '../support/output.ts';
import { root } from '../support/root.ts';
import { parts, type Count, type Part, type Step } from './parts.ts';
import { runMutants } from './run-mutants.ts';

/**
 * Runs one part and prints its seed, how long it took and, last, `N passed, N failed`. TL_SEED repeats the seed of an earlier run.
 * `list` and a name that is no part print the parts. @returns the exit code
 */
export async function runNightly(name: string | undefined): Promise<number> {
  const part = parts.find((each) => each.name === name);
  if (!part) {
    if (name !== undefined && name !== 'list') note(`There is no part "${name}". There are:`);
    for (const each of parts) say(`${each.name.padEnd(23)}${each.what}`);
    return name === 'list' ? 0 : 1;
  }
  const seed = Number(process.env['TL_SEED'] ?? Math.floor(Math.random() * 1_000_000));
  const began = Date.now();
  note(`${part.name}: ${part.what}; TL_SEED=${seed}`);
  const { passed, failed } = await countOf(part, seed);
  say(`${part.name}: seed ${seed}, ${minutes(Date.now() - began)}`);
  say(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

async function countOf(part: Part, seed: number): Promise<Count> {
  if (part.steps === null) return runMutants();
  const total: Count = { passed: 0, failed: 0 };
  for (const step of part.steps(seed)) {
    const { passed, failed } = await runStep(step);
    total.passed += passed;
    total.failed += failed;
  }
  return total;
}

/** Runs `throughline test` as a process of its own, shows what it prints, and reads its last line. */
async function runStep(step: Step): Promise<Count> {
  const [program = ''] = process.argv.slice(1);
  const child = spawn(process.execPath, [program, 'test', ...step.files], {
    cwd: root,
    stdio: ['inherit', 'pipe', 'inherit'],
    env: { ...process.env, TL_NIGHTLY: '1', ...step.env },
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  let out = '';
  child.stdout.on('data', (data: Buffer) => {
    process.stdout.write(data);
    out = (out + data.toString()).slice(-1_000);
  });
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (ended) => resolve(ended ?? 1));
  });
  const [, passed, failed] = /(\d+) passed, (\d+) failed[^\n]*\n$/.exec(out) ?? [];
  const count = { passed: Number(passed ?? 0), failed: Number(failed ?? 0) };
  return code !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count;
}

function minutes(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
