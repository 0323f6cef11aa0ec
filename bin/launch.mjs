// What the launcher does: installs and builds what is missing, then runs the command line on Node 24.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { endCaptured } from '../local/processes/capture.mjs';
import { ensureBenchesBuilt, ensureBuilt, isBuilt } from './build.mjs';
import { holdBuild, holderOf } from './in-use.mjs';
import { ensureInstalled, isInstalled } from './install.mjs';
import { alone } from './lock.mjs';
import { findNode, LauncherError } from './programs.mjs';
import { runCli } from './run-cli.mjs';

/** The exit code of a program that Ctrl-C has ended, as in a shell. */
const interrupted = 130;

/** Runs the command line of the project in `root`, and returns the exit code. @throws LauncherError saying what to do */
export async function launch(root, args) {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20)
    throw new LauncherError(`Throughline needs Node 20 or newer to start; this is ${process.versions.node}.`);
  // An image is built once and holds neither sources nor developers' tools.
  if (!existsSync(join(root, 'tsconfig.json'))) return runCli(root, process.execPath, args);
  const node = await interruptible(() => alone(join(root, '.throughline/setup.lock'), () => setUp(root, args)));
  return runCli(root, node, args);
}

/** Installs and builds what is missing, and returns the Node to run on. Under a running server all stays as it is. */
async function setUp(root, args) {
  const holder = holderOf(root);
  const node = holder === null ? await bringUpToDate(root, args[0]) : findNode(root);
  if (holder !== null) warnIfOld(root, holder, args[0]);
  if (args[0] === 'bench') await ensureBenchesBuilt(root);
  holdBuild(root, args);
  return node;
}

async function bringUpToDate(root, command) {
  await ensureInstalled(root);
  const node = findNode(root);
  await ensureBuilt(root, node, ['check', 'test'].includes(command));
  return node;
}

function warnIfOld(root, holder, command) {
  if (isInstalled(root) && isBuilt(root)) return;
  const why = `dist/ is older than the sources, and process ${holder} is running from it`;
  if (command === 'build') throw new LauncherError(`Nothing was built: ${why}. Stop that process first.`);
  console.error(`… ${why}: this command runs as it was built. Stop that process, and the next command builds anew.`);
}

/** Does the work; a signal ends the programs that it runs and then this process. A second signal ends it at once. */
async function interruptible(work) {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  let isEnding = false;
  const end = () => {
    isEnding = true;
    void endCaptured().then(() => process.exit(interrupted));
  };
  for (const signal of signals) process.once(signal, end);
  try {
    return await work();
  } catch (error) {
    // What an ended program leaves undone is no problem to tell of.
    if (isEnding) return new Promise(() => undefined);
    throw error;
  } finally {
    for (const signal of signals) process.off(signal, end);
  }
}
