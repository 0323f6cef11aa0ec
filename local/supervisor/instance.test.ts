import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { AlreadyRunning, takeInstanceLock } from './instance.ts';
import { birthOf } from '../processes/identity.mjs';

const folder = mkdtempSync(join(tmpdir(), 'tl-instance-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the lock of the stack', () => {
  it('refuses a second start with the address of the first, until it is released', async () => {
    const file = join(folder, 'twice.json');
    const lock = await takeInstanceLock(file);
    await expect(takeInstanceLock(file)).rejects.toThrow(/being started here already/);
    lock.setUrl('http://127.0.0.1:4400');
    const second = takeInstanceLock(file);
    await expect(second).rejects.toBeInstanceOf(AlreadyRunning);
    await expect(second).rejects.toThrow(`http://127.0.0.1:4400 (process ${process.pid})`);
    lock.release();
    (await takeInstanceLock(file)).release();
    expect(existsSync(file)).toBe(false);
  });

  it('takes over from a process that is gone, and from another that got its id', async () => {
    const file = join(folder, 'stale.json');
    const stranger = { pid: process.pid, birth: 'another time', url: 'http://127.0.0.1:1', servers: [] };
    writeFileSync(file, JSON.stringify(stranger));
    (await takeInstanceLock(file)).release();
    expect(existsSync(file)).toBe(false);
    const gone = spawn(process.execPath, ['-e', '']);
    await once(gone, 'exit');
    writeFileSync(file, JSON.stringify({ ...stranger, pid: gone.pid, birth: '1' }));
    (await takeInstanceLock(file)).release();
    expect(existsSync(file)).toBe(false);
  });

  it.each(['', '{"pid":', '{"pid":"x"}'])('takes over from a file that was cut short: %j', async (text) => {
    const file = join(folder, 'cut.json');
    writeFileSync(file, text);
    await takeInstanceLock(file);
    await expect(takeInstanceLock(file)).rejects.toBeInstanceOf(AlreadyRunning);
  });

  it('waits for the servers of a killed launcher, and lets strangers live', async () => {
    const file = join(folder, 'left.json');
    const server = spawn(process.execPath, ['-e', 'setTimeout(() => process.exit(0), 400)']);
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)']);
    const written = (name: string, pid = 0, birth = birthOf(pid) ?? ''): object => ({ name, pid, birth });
    writeFileSync(
      file,
      JSON.stringify({
        pid: 1,
        birth: 'gone',
        url: null,
        servers: [written('postgres', server.pid), written('api', stranger.pid, 'older')],
      }),
    );
    const lock = await takeInstanceLock(file);
    expect(birthOf(server.pid ?? 0)).toBeNull();
    expect(birthOf(stranger.pid ?? 0)).not.toBeNull();
    stranger.kill();
    lock.release();
  });
});
