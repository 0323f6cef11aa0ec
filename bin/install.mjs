// The dependencies: whether node_modules is what package-lock.json says, and `npm ci` where it is not.
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { capture } from '../local/processes/capture.mjs';
import { findNpm, LauncherError } from './programs.mjs';
import { step } from './steps.mjs';

const stampPath = 'node_modules/.throughline-lock';

/** Whether the installed packages are those of the lock file. A hand-made `npm ci` or `npm install` counts too. */
export function isInstalled(root) {
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const stamp = join(root, stampPath);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8').trim() === hashOf(lock)) return true;
  if (!agrees(root, lock)) return false;
  writeFileSync(stamp, hashOf(lock));
  return true;
}

/** Installs the dependencies unless they are there. @throws LauncherError saying what to do */
export async function ensureInstalled(root) {
  if (isInstalled(root)) return;
  const [command, ...first] = findNpm();
  const args = [...first, 'ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  await step('installing the dependencies', async (tell) => {
    tell('npm ci, about 500 MB, once');
    const env = { ...process.env, npm_config_cache: npmCache(root) };
    const { code, output } = await capture(command, args, { cwd: root, env }).catch((error) => {
      throw new LauncherError(`npm could not be run (${error.message}). It comes with Node: https://nodejs.org`);
    });
    if (code !== 0) throw new LauncherError(`${output.trim()}\n\n${advice(output)}`);
  });
  writeFileSync(join(root, stampPath), hashOf(readFileSync(join(root, 'package-lock.json'), 'utf8')));
}

/** Where npm keeps what it downloads: where it always does, or in this folder where that cannot be written (a home that is read-only, or none). */
export function npmCache(root, usual = process.env.npm_config_cache ?? join(homedir(), '.npm')) {
  try {
    mkdirSync(usual, { recursive: true });
    accessSync(usual, constants.W_OK);
    return usual;
  } catch {
    return join(root, '.throughline/npm-cache');
  }
}

/** npm leaves what it installed in a lock file of its own, written last; optional packages of other platforms are not in it. */
function agrees(root, lock) {
  const hidden = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(hidden)) return false;
  try {
    const installed = JSON.parse(readFileSync(hidden, 'utf8')).packages ?? {};
    return Object.entries(JSON.parse(lock).packages ?? {}).every(([path, wanted]) => {
      if (path === '') return true;
      const found = installed[path];
      return found
        ? found.version === wanted.version && found.integrity === wanted.integrity
        : wanted.optional === true;
    });
  } catch {
    return false;
  }
}

function advice(output) {
  if (/ENOSPC/.test(output)) return 'The disk is full: free about 2 GB and start again.';
  if (/EACCES|EPERM/.test(output))
    return 'This folder is not writable for you: change its owner, or clone it again as yourself.';
  if (/ENOTFOUND|ETIMEDOUT|ECONNREFUSED|ECONNRESET|EAI_AGAIN|E40[13]|CERT/.test(output))
    return 'npm could not reach its registry: check the network, a proxy (`npm config get proxy`) and `npm config get registry`.';
  return 'npm ci failed, see above.';
}

function hashOf(text) {
  return createHash('sha256').update(text).digest('hex');
}
