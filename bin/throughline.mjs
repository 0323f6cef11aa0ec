#!/usr/bin/env node
// The launcher. Needs Node 20 and nothing else: installs and builds what is missing, then runs the command line on Node 24.
import { dirname, join, resolve } from 'node:path';
import { existsSync, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { alone } from './lock.mjs';
import { findNode, LauncherError } from './programs.mjs';
import { runCli } from './run-cli.mjs';

const root = resolve(dirname(realpathSync(fileURLToPath(import.meta.url))), '..');

async function main() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20)
    throw new LauncherError(`Throughline needs Node 20 or newer to start; this is ${process.versions.node}.`);
  // An image is built once and holds neither sources nor developers' tools.
  if (!existsSync(join(root, 'tsconfig.json'))) return runCli(root, process.execPath, process.argv.slice(2));
  const node = await alone(join(root, '.throughline/setup.lock'), async () => {
    await ensureInstalled(root);
    const found = findNode(root);
    await ensureBuilt(root, found, ['check', 'test'].includes(process.argv[2]));
    return found;
  });
  return runCli(root, node, process.argv.slice(2));
}

main().then(
  (code) => process.exit(code),
  (error) => {
    if (error?.code === 'ENOSPC') console.error('The disk is full: free about 2 GB and start again.');
    else console.error(error instanceof LauncherError ? error.message : error);
    process.exit(1);
  },
);
