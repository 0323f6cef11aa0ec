import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Lets one launcher at a time install and build in this folder; a lock whose owner is gone is taken over. */
export async function withSetupLock(root, work) {
  const file = join(root, '.throughline/setup.lock');
  mkdirSync(join(root, '.throughline'), { recursive: true });
  let isTold = false;
  while (!take(file)) {
    if (!isTold) console.log('Another launcher installs or builds here; waiting for it.');
    isTold = true;
    await sleep(300);
  }
  const free = () => rmSync(file, { force: true });
  process.once('exit', free);
  try {
    return await work();
  } finally {
    free();
    process.off('exit', free);
  }
}

function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (!isAlive(readOwner(file))) rmSync(file, { force: true });
    return false;
  }
}

function readOwner(file) {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return NaN;
  }
}

function isAlive(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
