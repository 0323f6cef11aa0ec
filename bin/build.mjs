// The build: tsc emits the sources to dist/, and what it does not emit is copied; Vite makes the dashboard. Each is skipped while
// its sources are the same.
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { capture, LauncherError, withNode } from './programs.mjs';
import { step } from './steps.mjs';

const projects = ['tsconfig.json', 'workflows/tsconfig.json'];
const settings = ['tsconfig.base.json', 'tsconfig.json', 'package-lock.json'];
const sourceFolders = 'contracts domain platform workflows activities worker api local cli sdk examples bin test'.split(
  ' ',
);
const dashboardFolders = 'dashboard contracts domain'.split(' ');
const dashboardSettings = ['tsconfig.base.json', 'lingui.config.ts', 'package-lock.json'];
const stampPath = 'dist/.build-stamp';
const dashboardStampPath = 'dist/.dashboard-stamp';

/**
 * Builds unless the sources are those of the last build. Types are the business of `npm run check`, not of the build. Where a
 * source does not parse, `isLenient` has it told and what could be emitted used: the checks and the tests are to show all.
 */
export async function ensureBuilt(root, node, isLenient) {
  await ensureServerBuilt(root, node, isLenient);
  await ensureDashboardBuilt(root, node, isLenient);
}

async function ensureServerBuilt(root, node, isLenient) {
  const stamp = join(root, stampPath);
  const state = sourceState(root);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === state) return;
  await step('building', async (tell) => {
    rmSync(stamp, { force: true });
    const problems = [];
    for (const [index, project] of projects.entries()) {
      tell(project);
      // What tsc remembers lies in dist/ itself, so that whoever deletes dist/ gets all of it again.
      const memory = ['--tsBuildInfoFile', join(root, `dist/.tsbuildinfo-${index}`)];
      const args = [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, project), '--noCheck', ...memory];
      const { code, output } = await capture(node, args, { cwd: root });
      if (code !== 0) problems.push(output.trim());
    }
    copyAssets(root);
    finish(stamp, state, problems, isLenient);
  });
}

async function ensureDashboardBuilt(root, node, isLenient) {
  const stamp = join(root, dashboardStampPath);
  const state = sourceState(root, dashboardFolders, dashboardSettings);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === state) return;
  await step('building the dashboard', async () => {
    rmSync(stamp, { force: true });
    const vite = join(root, 'node_modules/vite/bin/vite.js');
    const args = [vite, 'build', '--config', join(root, 'dashboard/vite.config.mjs'), '--logLevel', 'error'];
    // The tests build too, and their own NODE_ENV would make a dashboard for developers.
    const env = { ...withNode(node), NODE_ENV: 'production' };
    const { code, output } = await capture(node, args, { cwd: root, env });
    finish(stamp, state, code === 0 ? [] : [output.trim()], isLenient);
  });
}

function finish(stamp, state, problems, isLenient) {
  if (problems.length === 0) writeFileSync(stamp, state);
  else if (isLenient) console.error(problems.join('\n'));
  else throw new LauncherError(`${problems.join('\n')}\n\nThe build failed, see above.`);
}

/** A hash of name, size and time of change of every source file and setting. */
export function sourceState(root, folders = sourceFolders, others = settings) {
  const hash = createHash('sha256');
  const files = [...others, ...folders.flatMap((folder) => filesIn(root, folder))];
  for (const file of files.sort((a, b) => (a < b ? -1 : 1))) {
    const path = join(root, file);
    if (!existsSync(path)) continue;
    const { size, mtimeMs } = statSync(path);
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function copyAssets(root) {
  for (const file of sourceFolders.flatMap((folder) => filesIn(root, folder))) {
    if (/(?<!\.d)\.ts$|\.d\.mts$|\.md$|tsconfig\.json$/.test(file)) continue;
    mkdirSync(dirname(join(root, 'dist', file)), { recursive: true });
    copyFileSync(join(root, file), join(root, 'dist', file));
  }
}

function filesIn(root, folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1));
}
