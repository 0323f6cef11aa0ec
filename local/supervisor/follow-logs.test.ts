import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { followLogs } from './follow-logs.ts';
import { logFile } from './log-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'tl-logs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('hands on whole lines with the name before them, of logs that come and that begin anew too', async () => {
  const [api, worker] = [join(folder, 'api.log'), join(folder, 'worker.log')];
  writeFileSync(api, 'an older line\n');
  const lines: string[] = [];
  const stop = followLogs({ api, worker }, (line) => lines.push(line));
  const expectLine = async (line: string): Promise<void> => {
    await expect.poll(() => lines.at(-1)).toBe(line);
  };

  appendFileSync(api, 'one\ntw');
  await expectLine('api    | one');
  appendFileSync(api, 'o\n');
  await expectLine('api    | two');
  writeFileSync(worker, 'three\n');
  await expectLine('worker | three');
  writeFileSync(api, 'four\n');
  await expectLine('api    | four');
  stop();
  expect(lines).toHaveLength(4);
});

it('sets a log aside that has grown large', () => {
  const large = logFile(folder, 'large');
  writeFileSync(large, Buffer.alloc(21 * 1024 * 1024));
  expect(logFile(folder, 'large')).toBe(large);
  writeFileSync(large, 'new\n', { flag: 'wx' });
});
