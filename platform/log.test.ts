import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { type Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { createLogger } from './log.ts';

/** What a logger writes, line by line. */
function listen(): { lines: Record<string, unknown>[]; destination: Writable } {
  const lines: Record<string, unknown>[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
      done();
    },
  });
  return { lines, destination };
}

describe('the log', () => {
  it('holds no secrets and no addresses, wherever they stand', () => {
    const { lines, destination } = listen();
    const log = createLogger({ name: 'test', level: 'info', destination });
    log.info(
      { token: 'tl_secret', request: { authorization: 'Bearer tl_secret' }, email: 'ana@example.com' },
      'to ana@example.com',
    );
    log.error({ err: new Error('550 no such user ana@example.com') }, 'failed');
    const written = JSON.stringify(lines);
    expect(written).not.toContain('tl_secret');
    expect(written).not.toContain('ana@example.com');
    expect(lines[0]).toMatchObject({ name: 'test', msg: 'to [address]', token: '[redacted]' });
    expect(lines[1]).toMatchObject({ err: { message: '550 no such user [address]' } });
  });

  it('tells a terminal nothing to do, whatever a line holds (solana #20495)', () => {
    let written = '';
    const destination = new Writable({
      write(chunk: Buffer, _encoding, done) {
        written += chunk.toString();
        done();
      },
    });
    const log = createLogger({ name: 'test', level: 'info', pretty: true, destination });
    log.info({ contact: 'Ana\u001b[2J' }, 'said \u001b[1A\u009b2J\r, and \\u001b');
    log.warn({ err: new Error('no \u001b]0;x\u0007') }, 'failed');
    expect(written).toContain('said \\u001b[1A\\u009b2J\\r, and \\u001b');
    // oxlint-disable-next-line no-control-regex -- what must not be there
    expect(written).not.toMatch(/\u001b\[(?:2J|1A)|\u001b\]|[\u0007\r\u0080-\u009f]/);
  });

  // temporalio/sdk-typescript#1404: the SDK's core logs errors as text, and a throw from its log flush ended the worker.
  it.each([
    [
      'text',
      'code: NotFound, sent to ana@example.com',
      { type: 'string', message: 'code: NotFound, sent to [address]' },
    ],
    ['nothing', undefined, undefined],
    ['null', null, { type: 'object', message: 'null' }],
    ['a record', { code: 5 }, { type: 'object', message: '{"code":5}' }],
    ['a record that refers to itself', selfReferring(), { type: 'object', message: '[object Object]' }],
    ['an error whose message is no text', Object.assign(new Error(), { message: 5 }), { message: '5' }],
  ])('takes %s as an error', (_name, err, expected) => {
    const { lines, destination } = listen();
    createLogger({ name: 'test', level: 'info', destination }).warn({ err }, 'odd');
    expect(lines).toMatchObject([{ msg: 'odd', ...(expected ? { err: expected } : {}) }]);
  });

  it('says that an entry could not be written instead of throwing', () => {
    const { lines, destination } = listen();
    const log = createLogger({ name: 'test', level: 'info', destination });
    const hostile = {
      get size(): number {
        throw new Error('no size');
      },
    };
    log.warn({ hostile }, 'lost');
    log.info('next');
    expect(lines.map((line) => line['msg'])).toEqual(['A log entry could not be written', 'next']);
  });

  it('goes on when its destination fails', async () => {
    const full = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('no space'), { code: 'ENOSPC' })),
    });
    const log = createLogger({ name: 'test', level: 'info', destination: full });
    log.info('one');
    // An error without a listener would be thrown here, and fail this run of the tests.
    await new Promise((resolve) => setImmediate(resolve));
    expect(() => log.info('two')).not.toThrow();
  });

  it.runIf(existsSync('/dev/full'))('ends with a full disk that it has not noticed', async () => {
    const { ended } = logging('full', `log.info('one'); process.exit(0);`);
    expect(await ended).toBe(0);
  });

  it.runIf(existsSync('/dev/full')).each([true, false])(
    'neither ends the process nor holds up its end while the disk is full (pretty: %s)',
    async (pretty) => {
      const { said, ended } = logging('full', `${goOn} process.exit(0);`, pretty);
      expect([await said, await ended]).toEqual(['alive', 0]);
    },
  );

  it('neither ends the process nor holds up its end while a pipe is full', async () => {
    const { said, ended } = logging('pipe', `${goOn} process.exit(0);`);
    expect([await said, await ended]).toEqual(['alive', 0]);
  });

  it('writes all that was logged right before the end', async () => {
    const { child, ended } = logging('pipe', `${count(100)} process.exit(0);`);
    expect(numbersIn(await text(child.stdout as Readable))).toEqual(numbers(100));
    expect(await ended).toBe(0);
  });

  it('writes more than a pipe holds, in order, as it is read', async () => {
    const { child, ended } = logging('pipe', `${count(2_000)} process.stdin.resume();`);
    let written = '';
    for await (const part of (child.stdout as Readable).setEncoding('utf8')) {
      written += part as string;
      if (written.split('\n').length > 2_000) child.stdin?.end();
    }
    expect(numbersIn(written)).toEqual(numbers(2_000));
    expect(await ended).toBe(0);
  });

  it('takes no longer for a long word than for as many short ones (CWE-1333)', () => {
    const { lines, destination } = listen();
    const log = createLogger({ name: 'test', level: 'info', destination });
    log.info(`${'x'.repeat(1_000_000)} of ana@example.com`);
    expect(lines[0]?.['msg']).toMatch(/x of \[address\]$/);
  });
});

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const count = (lines: number): string => `for (let i = 0; i < ${lines}; i++) log.info({ i, text: 'é'.repeat(100) });`;

function numbersIn(written: string): unknown[] {
  const lines = written.trim().split('\n');
  return lines.map((line) => (JSON.parse(line) as { i: unknown }).i);
}

/** Logs more than any pipe holds and lets time pass, then says so. */
const goOn = `for (let i = 0; i < 300; i++) { log.info('x'.repeat(10_000)); await new Promise(setImmediate); } console.error('alive');`;

/** A process with a logger, whose standard output is a full disk, or a pipe that is read by the caller alone. */
function logging(
  output: 'full' | 'pipe',
  code: string,
  pretty = false,
): { child: ChildProcess; said: Promise<string>; ended: Promise<unknown> } {
  const module = JSON.stringify(new URL('./log.ts', import.meta.url).href);
  const lines = `import { createLogger } from ${module};
    const log = createLogger({ name: 'test', level: 'info', pretty: ${pretty} });
    ${code}`;
  const stdout = output === 'full' ? openSync('/dev/full', 'w') : 'pipe';
  const child = spawn(process.execPath, ['--input-type=module', '-e', lines], { stdio: ['pipe', stdout, 'pipe'] });
  if (stdout !== 'pipe') closeSync(stdout);
  const said = text(child.stderr as Readable).then((words) => words.trim());
  return { child, said, ended: once(child, 'exit').then(([exitCode]) => exitCode as unknown) };
}

function selfReferring(): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  record['self'] = record;
  return record;
}
