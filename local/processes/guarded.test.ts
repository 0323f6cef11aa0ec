import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startGuarded } from './guarded.ts';

const folder = mkdtempSync(join(tmpdir(), 'tl-guard-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A server that has a child of its own, prints both ids, and heeds SIGTERM or not. */
const family = (heeds: 'heeds' | 'ignores'): string => `
  const { spawn } = require('node:child_process');
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  ${heeds === 'heeds' ? '' : "process.on('SIGTERM', () => undefined);"}
  console.log(process.pid + ' ' + child.pid);
  setInterval(() => {}, 1000);`;

/** Whether the process runs; one that is dead and only waits to be reaped by init does not. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}

async function printedIds(log: string): Promise<number[]> {
  await expect.poll(() => readFileSync(log, 'utf8')).toMatch(/^\d+ \d+\n/);
  return readFileSync(log, 'utf8').trim().split(' ').map(Number);
}

describe('startGuarded', () => {
  it('ends the server and what it started, hard where the polite signal is ignored', async () => {
    const log = join(folder, 'stubborn.log');
    const server = startGuarded({ command: process.execPath, args: ['-e', family('ignores')], log, graceMs: 200 });
    const ids = await printedIds(log);
    expect(server.pid()).toBe(ids[0]);
    await server.stop();
    await expect.poll(() => ids.filter(isAlive)).toEqual([]);
  });

  it('sweeps up the children of a server that was killed alone', async () => {
    const log = join(folder, 'killed.log');
    const server = startGuarded({ command: process.execPath, args: ['-e', family('heeds')], log });
    const ids = await printedIds(log);
    server.kill('SIGKILL');
    expect(await server.exited).not.toBe(0);
    await expect.poll(() => ids.filter(isAlive)).toEqual([]);
  });

  it('leaves nothing behind when the launcher is killed', async () => {
    const log = join(folder, 'orphan.log');
    const module = JSON.stringify(new URL('./guarded.ts', import.meta.url).href);
    const options = JSON.stringify({ command: process.execPath, args: ['-e', family('ignores')], log, graceMs: 200 });
    const code = `import { startGuarded } from ${module}; startGuarded(${options}); setInterval(() => {}, 1000);`;
    const launcher = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'inherit' });
    await expect.poll(() => readIfThere(log)).toMatch(/\d/);
    const ids = await printedIds(log);
    launcher.kill('SIGKILL');
    await once(launcher, 'exit');
    await expect.poll(() => ids.filter(isAlive)).toEqual([]);
  });

  it('tells the exit code, also of a program that does not exist', async () => {
    const log = join(folder, 'codes.log');
    const ended = startGuarded({ command: process.execPath, args: ['-e', 'process.exit(7)'], log });
    const missing = startGuarded({ command: join(folder, 'missing'), args: [], log });
    expect(await Promise.all([ended.exited, missing.exited])).toEqual([7, 127]);
  });
});

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
