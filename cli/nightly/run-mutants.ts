import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { findTemporal } from '../../local/temporal/binary.ts';
import { CliError, say, step } from '../support/output.ts';
import { packageScript, root } from '../support/root.ts';
import type { PlantedBug } from './planted-bug.ts';
import { plantedBugs } from './planted-bugs.ts';
import type { Count } from './parts.ts';

/** The part of what `test/support/reporter.ts` writes that says which tests failed. */
const Report = z.object({ passed: z.number(), failures: z.array(z.string()) });
type Report = z.infer<typeof Report>;

/** What a copy does without; the packages are linked instead. */
const notCopied = ['node_modules', 'dist', '.throughline', '.git', 'docs'];

/**
 * Plants each bug in a copy of the sources and runs the tests that must notice it. A bug is caught when a test fails; what fails to load
 * proves nothing. The survivors are listed. @returns how many were caught (`passed`) and survived (`failed`)
 * @throws CliError when the tests fail without any bug
 */
export async function runMutants(): Promise<Count> {
  const copy = join(root, '.throughline/mutants', String(process.pid));
  const temporal = await step('finding the Temporal server', (tell) => findTemporal(join(root, '.throughline'), tell));
  mkdirSync(copy, { recursive: true });
  try {
    for (const entry of readdirSync(root).filter((name) => !notCopied.includes(name)))
      cpSync(join(root, entry), join(copy, entry), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    const sound = await runTests(copy, temporal, [...new Set(plantedBugs.flatMap((bug) => bug.tests))]);
    if (sound.failures.length > 0 || sound.passed === 0)
      throw new CliError(`Without any bug, tests fail: ${sound.failures.join(', ')}`);
    const survivors: string[] = [];
    for (const bug of plantedBugs) {
      const caughtBy = await withBug(copy, bug, () => runTests(copy, temporal, ['--bail=1', ...bug.tests]));
      say(`${bug.name}: ${caughtBy.length === 0 ? 'SURVIVED' : `caught by ${caughtBy.join(', ')}`}`);
      if (caughtBy.length === 0) survivors.push(bug.name);
    }
    return { passed: plantedBugs.length - survivors.length, failed: survivors.length };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

async function withBug(copy: string, bug: PlantedBug, run: () => Promise<Report>): Promise<string[]> {
  const path = join(copy, bug.file);
  const text = readFileSync(path, 'utf8');
  if (!text.includes(bug.find)) throw new CliError(`${bug.file} has no place for the bug "${bug.name}"`);
  writeFileSync(
    path,
    text.replace(bug.find, () => bug.put),
  );
  const { failures } = await run();
  writeFileSync(path, text);
  return failures.filter((failure) => !failure.endsWith('(outside its tests)') && !failure.startsWith('outside any'));
}

async function runTests(copy: string, temporal: string, args: readonly string[]): Promise<Report> {
  const report = join(copy, 'report.json');
  rmSync(report, { force: true });
  const reporter = `--reporter=${join(copy, 'test/support/reporter.ts')}`;
  const child = spawn(process.execPath, [packageScript('vitest/vitest.mjs'), 'run', reporter, ...args], {
    cwd: copy,
    stdio: 'ignore',
    // The installation that other tests share is the build, which has no bug planted.
    env: { ...process.env, TEMPORAL_CLI: temporal, TL_TEST_REPORT: report, TL_TEST_INSTALLATION: 'none' },
  });
  await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (!existsSync(report)) throw new CliError(`Vitest ended without a report for ${args.join(' ')}`);
  return Report.parse(JSON.parse(readFileSync(report, 'utf8')));
}
