// Runs a program to its end under a guard, so that it and everything it started end with this process, however that ends. Plain
// JavaScript, as the launcher uses it before anything is built.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const guard = fileURLToPath(new URL('guard.mjs', import.meta.url));
/** A program that is to end and ignores it is killed after this time. */
const graceMs = 2_000;
/** The exit code of the guard where the program could not be started, as in a shell. */
const notStarted = 127;

const running = new Map();

/** Runs a program and returns its exit code and everything that it printed, in order. Rejects when it cannot be started. */
export function capture(command, args, options = {}) {
  const child = spawn(process.execPath, [guard], {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...(options.env ?? process.env), TL_GUARD: JSON.stringify({ command, args, graceMs }) },
    stdio: ['pipe', 'pipe', 'pipe'],
    // Ctrl-C reaches this process alone, which ends the guard or ends itself.
    detached: true,
  });
  let output = '';
  let rest = '';
  const add = (chunk) => {
    output += chunk;
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (const line of lines) options.onLine?.(line);
  };
  child.stdout.setEncoding('utf8').on('data', add);
  child.stderr.setEncoding('utf8').on('data', add);
  child.stdin.on('error', () => undefined);
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      running.delete(child);
      if (code === notStarted && output.startsWith('spawn ')) reject(new Error(output.trim()));
      else resolve({ code: code ?? 1, output });
    });
  });
  running.set(child, ended);
  return ended;
}

/** Ends every program that `capture` runs, and waits until they are gone. */
export async function endCaptured() {
  for (const child of running.keys()) child.stdin.end();
  await Promise.allSettled(running.values());
}
