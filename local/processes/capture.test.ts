import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { birthOf } from './identity.mjs';
import { capture, endCaptured } from './capture.mjs';

const folder = mkdtempSync(join(tmpdir(), 'tl-capture-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A slow program that ignores polite signals and has a child of its own; it writes both ids down. */
const slow = join(folder, 'slow.cjs');
writeFileSync(
  slow,
  `const { spawn } = require('node:child_process');
   const { writeFileSync } = require('node:fs');
   const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
   for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => undefined);
   writeFileSync(process.argv[2], process.pid + ' ' + child.pid + '\\n');
   setInterval(() => {}, 1000);`,
);

async function writtenIds(file: string): Promise<number[]> {
  const read = (): string => {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      return '';
    }
  };
  await expect.poll(read).toMatch(/\n$/);
  return read().trim().split(' ').map(Number);
}

describe('capture', () => {
  it('returns the exit code and all output, and passes each line on', async () => {
    const lines: string[] = [];
    const code = 'console.log("one"); console.error("two"); process.exitCode = 3';
    const end = await capture(process.execPath, ['-e', code], { onLine: (line) => lines.push(line) });
    expect(end.code).toBe(3);
    expect(lines.toSorted()).toEqual(['one', 'two']);
    expect(end.output).toContain('one\n');
  });

  it('rejects when there is no such program', async () => {
    await expect(capture(join(folder, 'missing'), [])).rejects.toThrow(/ENOENT/);
  });

  it('ends all programs and what they started, and waits for that', async () => {
    const file = join(folder, 'ended');
    const end = capture(process.execPath, [slow, file]);
    const ids = await writtenIds(file);
    await endCaptured();
    expect(ids.map(birthOf)).toEqual([null, null]);
    expect((await end).code).not.toBe(0);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
    'leaves nothing behind when its process gets %s',
    async (signal) => {
      const file = join(folder, signal);
      const module = JSON.stringify(new URL('./capture.mjs', import.meta.url).href);
      const code = `import { capture } from ${module}; await capture(process.execPath, ${JSON.stringify([slow, file])});`;
      const caller = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'inherit' });
      const ids = await writtenIds(file);
      caller.kill(signal);
      await once(caller, 'exit');
      await expect.poll(() => ids.map(birthOf)).toEqual([null, null]);
    },
  );
});
