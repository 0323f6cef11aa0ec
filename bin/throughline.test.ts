import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { birthOf } from '../local/processes/identity.mjs';
import { eventually } from '../test/support/eventually.ts';
import { hashOf, stampsOf } from './sources.mjs';

const project = fileURLToPath(new URL('..', import.meta.url));
/** A project with the real launcher and a command line of a few lines: `up` stays, everything else says what it was built of. */
let root = '';
const started: ChildProcess[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tl-project-'));
  cpSync(join(project, 'bin'), join(root, 'bin'), { recursive: true });
  cpSync(join(project, 'local/processes'), join(root, 'local/processes'), { recursive: true });
  for (const file of ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.base.json', 'lingui.config.ts'])
    cpSync(join(project, file), join(root, file));
});

afterEach(async () => {
  for (const process of started.splice(0)) {
    if (process.exitCode !== null || process.signalCode !== null) continue;
    process.kill('SIGKILL');
    await once(process, 'exit');
  }
  rmSync(root, { recursive: true, force: true });
});

function write(path: string, content: string): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), content);
}

function writeCli(says: string): void {
  const code = `const says: string = '${says}';
    process.once('disconnect', () => process.exit(0));
    if (process.argv[2] === 'up') setInterval(() => undefined, 1_000);
    else process.channel?.unref();
    console.log(says + ' ' + process.argv[2]);`;
  write('cli/main.ts', code);
}

/** The packages of the real project, workflows that are bundled at once, and a dashboard that counts as built. */
function install(): void {
  write('worker/bundle.ts', `process.getBuiltinModule('fs').mkdirSync(new URL('../bundle', import.meta.url));`);
  symlinkSync(join(project, 'node_modules'), join(root, 'node_modules'));
  const settings = ['tsconfig.base.json', 'lingui.config.ts', 'package-lock.json'];
  write('dist/.dashboard-stamp', hashOf(stampsOf(root, ['dashboard', 'contracts', 'domain'], settings)));
}

/** Runs the launcher; `output()` is all that it has printed. */
function launch(command: string, env: Record<string, string> = {}): { process: ChildProcess; output(): string } {
  const launcher = spawn(process.execPath, [join(root, 'bin/throughline.mjs'), command], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(launcher);
  let output = '';
  for (const stream of [launcher.stdout, launcher.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  return { process: launcher, output: () => output };
}

async function run(command: string): Promise<string> {
  const { process, output } = launch(command);
  await once(process, 'close');
  return output();
}

describe('what is built', () => {
  beforeEach(() => {
    writeCli('one');
    write('contracts/names.txt', 'a, b');
    install();
  });

  it('is built of the product alone, and again of what has changed', async () => {
    write('examples/journeys/welcome.ts', 'export default 1;');
    write('test/a.ts', 'export default 1;');
    write('cli/main.test.ts', 'export default 1;');
    expect(await run('first')).toMatch(/✓ building {2}\d+\.\d s\none first\n$/);
    expect(readFileSync(join(root, 'dist/contracts/names.txt'), 'utf8')).toBe('a, b');
    for (const path of ['dist/examples', 'dist/test', 'dist/cli/main.test.js'])
      expect(existsSync(join(root, path))).toBe(false);

    expect(await run('bench')).toMatch(/^(… building the benches\n)?✓ building the benches.*\none bench\n$/);
    expect(existsSync(join(root, 'dist/bundle'))).toBe(true);
    const names = statSync(join(root, 'dist/contracts/names.txt')).mtimeMs;
    write('examples/journeys/welcome.ts', 'export default 2;');
    write('test/a.ts', 'export default 2;');
    expect(await run('second')).toBe('one second\n');
    expect(await run('--help')).toBe('one --help\n');
    writeCli('another');
    expect(await run('third')).toMatch(/✓ building.*\nanother third\n$/);
    expect(statSync(join(root, 'dist/contracts/names.txt')).mtimeMs).toBe(names);
    rmSync(join(root, 'contracts/names.txt'));
    await run('fourth');
    expect(existsSync(join(root, 'dist/contracts/names.txt'))).toBe(false);
  });

  it('shows what does not parse, and is whole again once it does', async () => {
    write('platform/rule.ts', 'export const = 1;');
    expect(await run('first')).toMatch(/platform\/rule\.ts\(1,14\): error TS[^]*The build failed, see above\.\n$/);
    expect(await run('check')).toMatch(/rule\.ts[^]*one check\n$/);
    write('platform/rule.ts', 'export const rule = 1;');
    expect(await run('second')).toMatch(/✓ building.*\none second\n$/);
  });

  it('stays as it is under a running server, which every command says, until that has ended', async () => {
    const up = launch('up');
    await eventually('the server runs', () => Promise.resolve(up.output().includes('one up')));
    expect(await run('list')).toBe('one list\n');
    writeCli('two');
    const old = `dist/ is older than the sources, and process ${up.process.pid} is running from it`;
    expect(await run('list')).toBe(
      `… ${old}: this command runs as it was built. Stop that process, and the next command builds anew.\none list\n`,
    );
    expect(await run('build')).toBe(`Nothing was built: ${old}. Stop that process first.\n`);
    up.process.kill('SIGKILL');
    await once(up.process, 'exit');
    expect(await run('list')).toMatch(/✓ building.*\ntwo list\n$/);
  });
});

describe('a signal while the dependencies are installed', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('ends npm and what it started: %s', async (signal) => {
    const ids = join(root, 'ids');
    write(
      'npm-cli.js',
      `const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
       for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => undefined);
       require('node:fs').writeFileSync(${JSON.stringify(ids)}, process.pid + ' ' + child.pid + '\\n');
       setInterval(() => {}, 1000);`,
    );
    write('package.json', '{}');
    const launcher = launch('up', { npm_execpath: join(root, 'npm-cli.js') });
    const read = (): string => (existsSync(ids) ? readFileSync(ids, 'utf8') : '');
    await eventually('npm runs', () => Promise.resolve(read().endsWith('\n')));
    const pids = read().trim().split(' ').map(Number);
    launcher.process.kill(signal);
    await once(launcher.process, 'exit');
    if (signal !== 'SIGKILL') {
      expect(launcher.process.exitCode).toBe(130);
      expect(pids.map(birthOf)).toEqual([null, null]);
    }
    await expect.poll(() => pids.map(birthOf)).toEqual([null, null]);
  });
});
