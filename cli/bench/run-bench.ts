import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findTemporal } from '../../local/temporal/binary.ts';
import { CliError, step } from '../support/output.ts';
import { root } from '../support/root.ts';

/**
 * Runs the compiled `test/bench/<name>.bench.ts` as a process of its own, so that its memory and processor time are its own.
 * It finds the Temporal program in TEMPORAL_CLI and starts what it measures. @returns its exit code
 * @throws CliError naming the benches there are
 */
export async function runBench(name: string, args: string[]): Promise<number> {
  const script = join(root, 'dist/test/bench', `${name}.bench.js`);
  if (!existsSync(script)) throw new CliError(`There is no bench "${name}". There are: ${benches().join(', ')}.`);
  const temporal = await step('finding the Temporal server', (tell) => findTemporal(join(root, '.throughline'), tell));
  const child = spawn(process.execPath, ['--enable-source-maps', '--expose-gc', script, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, TEMPORAL_CLI: temporal },
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

function benches(): string[] {
  const folder = join(root, 'test/bench');
  const files = existsSync(folder) ? readdirSync(folder) : [];
  return files.filter((file) => file.endsWith('.bench.ts')).map((file) => file.replace('.bench.ts', ''));
}
