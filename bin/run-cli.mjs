// Runs the compiled command line as a child that ends when this process does, however it ends.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from './lock.mjs';
import { directHere, withNode } from './programs.mjs';

/** How often npm above this process is looked at. */
const watchMs = 1_000;

/**
 * Runs `dist/cli/main.js` with `args`, passes signals on and returns its exit code. The channel between the two is how the
 * child learns that this process was killed: it ends itself when the channel closes.
 */
export function runCli(root, node, args) {
  const child = spawn(node, ['--enable-source-maps', join(root, 'dist/cli/main.js'), ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...withNode(node, directHere()), THROUGHLINE_LAUNCHED: '1' },
  });
  // Ctrl-C reaches the child by itself, as it shares the terminal; this process only has to outlive it.
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  const npm = findNpmAbove();
  const watch = setInterval(() => {
    if (npm !== null && !isAlive(npm)) child.kill('SIGTERM');
  }, watchMs);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearInterval(watch);
      resolve(code ?? (signal === 'SIGINT' ? 130 : 1));
    });
  });
}

/** The process id of the npm that started this one, perhaps through a shell; null where there is none or none can be found. */
function findNpmAbove() {
  if (!process.env.npm_lifecycle_event) return null;
  try {
    const isShell = /^(sh|dash|bash)$/.test(readFileSync(`/proc/${process.ppid}/comm`, 'utf8').trim());
    if (!isShell) return process.ppid;
    // The parent's id is the fourth field; the second one is a name in brackets that may hold spaces.
    return Number(readFileSync(`/proc/${process.ppid}/stat`, 'utf8').split(') ').at(-1).split(' ')[1]);
  } catch {
    return process.ppid;
  }
}
