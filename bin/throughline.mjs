#!/usr/bin/env node
// The launcher. Needs Node 20 and nothing else: installs and builds what is missing, then runs the command line on Node 24.
import { dirname, join, resolve } from 'node:path';
import { existsSync, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { endCaptured } from '../local/processes/capture.mjs';
import { ensureBenchesBuilt, ensureBuilt, isBuilt } from './build.mjs';
import { holdBuild, holderOf } from './in-use.mjs';
import { ensureInstalled, isInstalled } from './install.mjs';
import { alone } from './lock.mjs';
import { findNode, LauncherError } from './programs.mjs';
import { runCli } from './run-cli.mjs';

const root = resolve(dirname(realpathSync(fileURLToPath(import.meta.url))), '..');
/** The exit code of a program that Ctrl-C has ended, as in a shell. */
const interrupted = 130;

async function main() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20)
    throw new LauncherError(`Throughline needs Node 20 or newer to start; this is ${process.versions.node}.`);
  // An image is built once and holds neither sources nor developers' tools.
  if (!existsSync(join(root, 'tsconfig.json'))) return runCli(root, process.execPath, process.argv.slice(2));
  const node = await interruptible(() => alone(join(root, '.throughline/setup.lock'), setUp));
  return runCli(root, node, process.argv.slice(2));
}

/** Installs and builds what is missing, and returns the Node to run on. Under a running server all stays as it is. */
async function setUp() {
  const args = process.argv.slice(2);
  const holder = holderOf(root);
  const node = holder === null ? await bringUpToDate(args[0]) : findNode(root);
  if (holder !== null) tellIfOld(holder, args[0]);
  if (args[0] === 'bench') await ensureBenchesBuilt(root);
  holdBuild(root, args);
  return node;
}

async function bringUpToDate(command) {
  await ensureInstalled(root);
  const node = findNode(root);
  await ensureBuilt(root, node, ['check', 'test'].includes(command));
  return node;
}

function tellIfOld(holder, command) {
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

main().then(
  (code) => process.exit(code),
  (error) => {
    if (error?.code === 'ENOSPC') console.error('The disk is full: free about 2 GB and start again.');
    else console.error(error instanceof LauncherError ? error.message : error);
    process.exit(1);
  },
);
