import { spawn } from 'node:child_process';

/** Runs a program with a progress line on the terminal that shows the time; resolves with its exit code and what it printed. */
export function runWithProgress(title, command, args, options) {
  const startedAt = Date.now();
  const seconds = () => `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
  const isTerminal = process.stdout.isTTY === true;
  if (!isTerminal) console.log(`… ${title}`);
  const timer = isTerminal
    ? setInterval(() => process.stdout.write(`\r\x1b[2K… ${title} ${seconds()}`), 100)
    : undefined;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    // Without this, Ctrl-C would leave the program running where it is not in the terminal's group.
    const forward = (signal) => child.kill(signal);
    process.on('SIGTERM', forward);
    const done = () => {
      clearInterval(timer);
      process.off('SIGTERM', forward);
    };
    child.on('error', (error) => {
      done();
      reject(error);
    });
    child.on('close', (code) => {
      done();
      console.log(`${isTerminal ? '\r\x1b[2K' : ''}${code === 0 ? '✓' : '✗'} ${title} ${seconds()}`);
      resolve({ code: code ?? 1, output });
    });
  });
}
