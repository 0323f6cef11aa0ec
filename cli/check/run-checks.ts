import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { capture } from '../../local/processes/capture.mjs';
import { note, step } from '../support/output.ts';
import { packageScript, root } from '../support/root.ts';

type Check = { name: string; script: string; args: string[] };

const folders = 'contracts domain platform workflows activities worker api dashboard local cli sdk examples test'
  .split(' ')
  .filter((folder) => existsSync(join(root, folder)));

const checks: Check[] = [
  { name: 'format', script: 'prettier/bin/prettier.cjs', args: ['--check', '--log-level', 'warn', '.'] },
  { name: 'lint', script: 'oxlint/bin/oxlint', args: ['--type-aware'] },
  { name: 'types', script: 'typescript/bin/tsc', args: ['-p', 'tsconfig.json', '--noEmit'] },
  { name: 'types of the workflows', script: 'typescript/bin/tsc', args: ['-p', 'workflows/tsconfig.json', '--noEmit'] },
  { name: 'types of the dashboard', script: 'typescript/bin/tsc', args: ['-p', 'dashboard/tsconfig.json'] },
  {
    name: 'arrows',
    script: 'dependency-cruiser/bin/dependency-cruiser.mjs',
    args: ['--config', '.dependency-cruiser.cjs', ...folders],
  },
  { name: 'unused', script: 'knip/bin/knip.js', args: [] },
];

/** Runs every check, whatever the ones before found, and shows what each found. @returns the exit code */
export async function runChecks(): Promise<number> {
  const failed: string[] = [];
  for (const check of checks) {
    const problems = await step(check.name, () => findProblems(check)).catch((error: Error) => error.message);
    if (problems === '') continue;
    failed.push(check.name);
    note(problems);
  }
  note(failed.length === 0 ? 'No problems.' : `Problems in: ${failed.join(', ')}.`);
  return failed.length === 0 ? 0 : 1;
}

/** Rejects with the check's output where it fails, so that its step shows a cross. */
async function findProblems(check: Check): Promise<string> {
  const programs = join(root, 'node_modules/.bin');
  const env = { ...process.env, PATH: `${programs}${delimiter}${process.env['PATH'] ?? ''}` };
  const { code, output } = await capture(process.execPath, [packageScript(check.script), ...check.args], {
    cwd: root,
    env,
  });
  if (code !== 0) throw new Error(output.trim() || `ended with code ${code}`);
  return '';
}
