// The build: sources are emitted to dist/, Vite makes the dashboard, and the workflows become one file. Each is skipped while its
// sources are the same.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { capture } from '../local/processes/capture.mjs';
import { emit, removeOutputs } from './emit.mjs';
import { LauncherError, withNode } from './programs.mjs';
import { compare, hashOf, readStamps, stampsOf } from './sources.mjs';
import { step } from './steps.mjs';

const settings = ['tsconfig.base.json', 'tsconfig.json', 'package-lock.json'];
/** What the product is made of. Examples and tests run from their sources. */
const product = {
  folders: 'contracts domain platform workflows activities worker api local cli sdk bin'.split(' '),
  stamps: 'dist/.stamps.json',
};
/** The benches run compiled, as what they measure does. */
const benches = { folders: ['test'], stamps: 'dist/test/.stamps.json' };
const bundle = 'dist/bundle';
/** Sources whose change makes another bundle. */
const bundled = /^(workflows|contracts)\/|^worker\/.*bundle|^package-lock\.json$/;
const dashboardFolders = 'dashboard contracts domain'.split(' ');
const dashboardSettings = ['tsconfig.base.json', 'lingui.config.ts', 'package-lock.json'];
const dashboardStamp = 'dist/.dashboard-stamp';

/**
 * Builds the product unless it is built of the sources as they are. Where a source does not parse, `isLenient` shows it and goes
 * on with what could be emitted: the checks and the tests are to show all.
 */
export async function ensureBuilt(root, node, isLenient) {
  if (isBuilt(root)) return;
  await step('building', async () => {
    const dashboard = isDashboardBuilt(root) ? [] : buildDashboard(root, node);
    const problems = await emitPart(root, product);
    if (problems.length === 0) problems.push(...(await buildBundle(root, node)), ...(await writeHelp(root, node)));
    complain([...problems, ...(await dashboard)], isLenient);
  });
}

/** Builds what `npm run bench` runs. */
export async function ensureBenchesBuilt(root) {
  if (isEmitted(root, benches)) return;
  await step('building the benches', async () => complain(await emitPart(root, benches), false));
}

/** Whether everything that a server runs from is built of the sources as they are. */
export function isBuilt(root) {
  return isEmitted(root, product) && existsSync(join(root, bundle)) && isDashboardBuilt(root);
}

function isEmitted(root, part) {
  const { changed, gone } = compare(...stampsBeforeAndNow(root, part));
  return changed.length === 0 && gone.length === 0;
}

function stampsBeforeAndNow(root, { folders, stamps }) {
  const now = stampsOf(root, folders, settings);
  const before = readStamps(join(root, stamps));
  // Other settings make other output of every file.
  const isSame = settings.every((file) => before[file] === now[file]);
  return [isSame ? before : {}, now];
}

/** Emits what has changed. @returns the problems of sources that do not parse; those are tried again the next time */
async function emitPart(root, part) {
  const [before, now] = stampsBeforeAndNow(root, part);
  const { changed, gone } = compare(before, now);
  const path = join(root, part.stamps);
  // Until the end the build is no whole one.
  rmSync(path, { force: true });
  if (Object.keys(before).length === 0) removeAll(root, part);
  // The benches are built of the same settings, and have no part in the bundle.
  if (part === product && [...changed, ...gone].some((file) => bundled.test(file)))
    rmSync(join(root, bundle), { recursive: true, force: true });
  removeOutputs(root, gone);
  const stamps = Object.fromEntries(Object.entries(now).filter(([file]) => !changed.includes(file)));
  const sources = changed.filter((file) => !settings.includes(file));
  const problems = await emit(root, sources, (file) => {
    stamps[file] = now[file];
  });
  for (const file of settings) if (file in now) stamps[file] = now[file];
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(stamps));
  return problems;
}

/** Removes what an earlier build left, also one that emitted other folders. */
function removeAll(root, part) {
  if (part !== product) rmSync(join(root, dirname(part.stamps)), { recursive: true, force: true });
  else if (existsSync(join(root, 'dist')))
    for (const name of readdirSync(join(root, 'dist')))
      if (!/dashboard/.test(name)) rmSync(join(root, 'dist', name), { recursive: true, force: true });
}

function dashboardState(root) {
  return hashOf(stampsOf(root, dashboardFolders, dashboardSettings));
}

function isDashboardBuilt(root) {
  const stamp = join(root, dashboardStamp);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === dashboardState(root);
}

async function buildDashboard(root, node) {
  const state = dashboardState(root);
  rmSync(join(root, dashboardStamp), { force: true });
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  const args = [vite, 'build', '--config', join(root, 'dashboard/vite.config.mjs'), '--logLevel', 'error'];
  // The tests build too, and their own NODE_ENV would make a dashboard for developers.
  const env = { ...withNode(node), NODE_ENV: 'production' };
  const { code, output } = await capture(node, args, { cwd: root, env });
  if (code !== 0) return [output.trim()];
  writeFileSync(join(root, dashboardStamp), state);
  return [];
}

/** The workflows as the one file that workers load. */
async function buildBundle(root, node) {
  if (existsSync(join(root, bundle))) return [];
  const { code, output } = await capture(node, [join(root, 'dist/worker/bundle.js')], {
    cwd: root,
    env: withNode(node),
  });
  return code === 0 ? [] : [output.trim()];
}

/** The help of the command line as a text, which the launcher prints without starting it. */
async function writeHelp(root, node) {
  const { code, output } = await capture(node, [join(root, 'dist/cli/main.js'), '--help'], { cwd: root });
  if (code !== 0) return [output.trim()];
  writeFileSync(join(root, 'dist/help.txt'), output);
  return [];
}

function complain(problems, isLenient) {
  if (problems.length === 0) return;
  if (isLenient) console.error(problems.join('\n'));
  else throw new LauncherError(`${problems.join('\n')}\n\nThe build failed, see above.`);
}
