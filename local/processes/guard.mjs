// Runs one server and ends it when standard input closes: the launcher holds the other end of the pipe, so a killed launcher
// leaves no server behind. Usage: node guard.mjs '{"command","args","uid","gid","env","signal","log"}'
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';

const options = JSON.parse(process.argv[2] ?? '{}');
const log = options.log ? openSync(options.log, 'a') : 'inherit';
const server = spawn(options.command, options.args, {
  stdio: ['ignore', log, log],
  env: { ...process.env, ...options.env },
  ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.gid, cwd: '/' }),
});
process.send?.({ pid: server.pid });

let isEnding = false;
function end() {
  if (isEnding) return;
  isEnding = true;
  server.kill(options.signal ?? 'SIGTERM');
  // A server that ignores the polite signal for this long is killed; the launcher promises to be gone within 10 s.
  setTimeout(() => server.kill('SIGKILL'), 5_000).unref();
}

process.stdin.resume();
process.stdin.on('end', end);
process.stdin.on('close', end);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, end);
server.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
server.on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
