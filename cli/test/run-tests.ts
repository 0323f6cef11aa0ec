import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { findTemporal } from '../../local/temporal/binary.ts';
import { note, sentence, step } from '../support/output.ts';
import { packageScript, root } from '../support/root.ts';
import { timeSkippingServer } from './time-skipping.ts';

/** What `test/support/reporter.ts` writes. */
const Report = z.object({
  passed: z.number(),
  failed: z.number(),
  skipped: z.array(z.object({ name: z.string(), reason: z.string() })),
  failures: z.array(z.string()),
});

/**
 * Gets what the tests need, runs them and prints `N passed, N failed` last (`, N skipped` too where there are any).
 * @returns the exit code: 1 for a failure, and in CI for a skipped test
 */
export async function runTests(args: string[]): Promise<number> {
  const home = join(root, '.throughline');
  try {
    return await run(home, args, await needs(home));
  } catch (error) {
    note(sentence(error));
    console.log('0 passed, 1 failed');
    return 1;
  }
}

/** The programs that tests use, as settings; a test that lacks an optional one skips itself with the reason. */
async function needs(home: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  if (!process.env['TL_TEST_TEMPORAL_ADDRESS'])
    found['TEMPORAL_CLI'] = await step('finding the Temporal server', (tell) => findTemporal(home, tell));
  const server = await step('finding the time-skipping server', (tell) => timeSkippingServer(home, tell)).catch(
    (error: Error) => {
      note(error.message);
      return null;
    },
  );
  if (server !== null) found['TL_TEST_TIME_SKIPPING'] = server;
  return found;
}

async function run(home: string, args: string[], env: Record<string, string>): Promise<number> {
  const report = join(home, `test-report-${process.pid}.json`);
  const code = await runVitest(args, { ...env, TL_TEST_REPORT: report });
  return summarise(report, code);
}

function runVitest(args: string[], env: Record<string, string>): Promise<number> {
  const reporters = ['--reporter=default', `--reporter=${join(root, 'test/support/reporter.ts')}`];
  const child = spawn(process.execPath, [packageScript('vitest/vitest.mjs'), 'run', ...reporters, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

function summarise(path: string, vitestCode: number): number {
  if (!existsSync(path)) {
    note('Vitest ended without a report, see above.');
    console.log('0 passed, 1 failed');
    return 1;
  }
  const report = Report.parse(JSON.parse(readFileSync(path, 'utf8')));
  rmSync(path);
  for (const { name, reason } of report.skipped) console.log(`skipped: ${name} (${reason})`);
  for (const failure of report.failures) console.log(`failed: ${failure}`);
  // A failure that belongs to no test (nothing found, a hung teardown) must not read as success.
  const failed = report.failed === 0 && vitestCode !== 0 ? 1 : report.failed;
  const isSkipAllowed = !process.env['CI'] || process.env['CI'] === 'false';
  const areSkipsFatal = report.skipped.length > 0 && !isSkipAllowed;
  if (areSkipsFatal) console.log('In CI nothing may be skipped.');
  const skipped = report.skipped.length > 0 ? `, ${report.skipped.length} skipped` : '';
  console.log(`${report.passed} passed, ${failed} failed${skipped}`);
  return failed > 0 || areSkipsFatal ? 1 : 0;
}
