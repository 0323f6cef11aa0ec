// Lets one launcher at a time install and build in this folder.
import { mkdirSync, openSync, readFileSync, rmSync, writeSync, closeSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Runs `work` while no other process that uses `path` does; a lock whose process is gone is taken over. */
export async function alone(path, work) {
  mkdirSync(dirname(path), { recursive: true });
  let isTold = false;
  while (!take(path)) {
    const holder = Number(read(path));
    // A lock just made may not hold its process id yet, so an empty one gets the benefit of a moment.
    const isStale = holder > 0 ? !isAlive(holder) : await staysEmpty(path);
    if (isStale) rmSync(path, { force: true });
    else {
      if (!isTold) console.error(`… waiting for process ${holder}, which installs or builds here`);
      isTold = true;
      await sleep(200);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** Whether a process with that id runs, under any owner. */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function take(path) {
  try {
    const file = openSync(path, 'wx');
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

async function staysEmpty(path) {
  await sleep(500);
  return read(path) === '';
}
