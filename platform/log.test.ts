import { Writable } from 'node:stream';
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
    const text = JSON.stringify(lines);
    expect(text).not.toContain('tl_secret');
    expect(text).not.toContain('ana@example.com');
    expect(lines[0]).toMatchObject({ name: 'test', msg: 'to [address]', token: '[redacted]' });
    expect(lines[1]).toMatchObject({ err: { message: '550 no such user [address]' } });
  });
});
