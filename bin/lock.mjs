// Lets one launcher at a time install and build in this folder.
import { mkdirSync, openSync, readFileSync, rmSync, writeSync, closeSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { birthOf, isSameProcess } from '../local/processes/identity.mjs';

/** Runs `work` while no other process that uses `path` does; a lock whose process is gone is taken over. `doing` says what a holder does. */
export async function alone(path, work, doing = 'installs or builds here') {
  mkdirSync(dirname(path), { recursive: true });
  let isTold = false;
  while (!take(path)) {
    const seen = read(path);
    if (seen === null) continue;
    // A lock just made may not hold its process id yet, so an empty one gets the benefit of a moment.
    const isStale = seen === '' ? await staysEmpty(path) : !isHeld(seen);
    if (isStale) await removeStale(path, seen);
    else {
      if (!isTold) console.error(`… waiting for process ${parseInt(seen)}, which ${doing}`);
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

/** Removes the lock that was seen, and no other: one process at a time looks again and removes, or two would each remove the other's new one. */
function removeStale(path, seen) {
  const remove = () => {
    if (read(path) === seen) rmSync(path, { force: true });
  };
  return alone(`${path}.stale`, async () => remove(), 'takes over from one that is gone');
}

/** Whether the process that wrote this into its lock still runs. In a container that starts again, another one soon has its id. */
function isHeld(text) {
  const [pid = '', birth = ''] = text.split(/ (.*)/s);
  return birth === '' ? isAlive(Number(pid)) : isSameProcess({ pid: Number(pid), birth });
}

function take(path) {
  try {
    const file = openSync(path, 'wx');
    writeSync(file, `${process.pid} ${birthOf(process.pid) ?? ''}`);
    closeSync(file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** What is in the file; null when there is none. */
function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

async function staysEmpty(path) {
  await sleep(500);
  return read(path) === '';
}
