import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

/**
 * Runs the command line and resolves with its exit code. The command line notices when this process dies, however it dies: file
 * descriptor 3 is a pipe whose other end is here.
 */
export function runCommandLine(root, node, args) {
  const compiled = join(root, 'dist/cli/main.js');
  // The checks run before anything is compiled; Node runs those sources as they are.
  const main = args[0] === 'check' || !existsSync(compiled) ? join(root, 'cli/main.ts') : compiled;
  const child = spawn(node, ['--enable-source-maps', main, ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    env: {
      ...process.env,
      PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`,
      THROUGHLINE_ROOT: root,
      THROUGHLINE_LAUNCHER_FD: '3',
    },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  const stopWatching = watchNpm(() => child.stdio[3].end());
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      stopWatching();
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}

/** `npm start` stands between the person and this process; when it is killed, everything has to end too. */
function watchNpm(onGone) {
  if (process.env.npm_lifecycle_event === undefined) return () => undefined;
  const watched = [process.ppid, parentOfShell(process.ppid)].filter((pid) => pid !== undefined && pid > 1);
  const timer = setInterval(() => {
    if (!watched.every(isAlive)) onGone();
  }, 1000);
  timer.unref();
  return () => clearInterval(timer);
}

/** Some shells stay between npm and this process; Linux tells who is behind them. */
function parentOfShell(pid) {
  try {
    const [, name, parent] = /^\d+ \((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return /^(sh|bash|dash|ash|zsh)$/.test(name) ? Number(parent) : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
