// Runs one server and ends it when standard input closes: the launcher holds the other end of the pipe, so a killed
// launcher leaves no server behind. TL_GUARD holds the options of `GuardedOptions` as JSON: arguments would show its
// secrets to every user.
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';

const options = JSON.parse(process.env.TL_GUARD ?? '{}');
delete process.env.TL_GUARD;
const log = options.log ? openSync(options.log, 'a') : 'inherit';
const server = spawn(options.command, options.args, {
  stdio: ['ignore', log, log],
  // A process group of its own, so that the server's children can be ended with it.
  detached: true,
  env: { ...process.env, ...options.env },
  ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.gid, cwd: '/' }),
});
process.send?.({ pid: server.pid });

function killGroup() {
  try {
    if (server.pid !== undefined) process.kill(-server.pid, 'SIGKILL');
  } catch {
    // The whole group is gone already.
  }
}

let isEnding = false;
function end() {
  if (isEnding) return;
  isEnding = true;
  server.kill(options.signal ?? 'SIGTERM');
  // A server that ignores the first signal for this long is killed; the launcher promises to be gone within 10 s.
  setTimeout(killGroup, options.graceMs ?? 5_000).unref();
}

process.stdin.resume();
process.stdin.on('end', end);
process.stdin.on('close', end);
process.stdin.on('error', end);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, end);
server.on('exit', (code, signal) => {
  // Children whose parent was killed alone would live on.
  killGroup();
  process.exit(code ?? (signal ? 1 : 0));
});
server.on('error', (error) => {
  console.error(error.message);
  // It could not be started: the code that a shell gives for that.
  process.exit(127);
});
