#!/usr/bin/env node
// The launcher. Needs Node 20 and nothing else.
import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(realpathSync(fileURLToPath(import.meta.url))), '..');
const args = process.argv.slice(2);

const help = ['--help', '-h', 'help'].includes(args[0]) && args.length === 1 ? builtHelp() : null;
if (help === null) await run();
else process.stdout.write(help);

/** The help text as the build has left it, so that it is there at once; null before the first build. */
function builtHelp() {
  try {
    return readFileSync(join(root, 'dist/help.txt'), 'utf8');
  } catch {
    return null;
  }
}

async function run() {
  const { launch } = await import('./launch.mjs');
  const { LauncherError } = await import('./programs.mjs');
  try {
    process.exit(await launch(root, args));
  } catch (error) {
    if (error?.code === 'ENOSPC') console.error('The disk is full: free about 2 GB and start again.');
    else console.error(error instanceof LauncherError ? error.message : error);
    process.exit(1);
  }
}
