import { describe, expect, it } from 'vitest';
import { ConfigError, readSettings } from '../../platform/config.ts';
import { messagingSettings } from './settings.ts';
import { withReturnPath } from './return-path.ts';

const id = 'a'.repeat(56);
// A line so long is folded.
const raw = Buffer.from(
  `From: us@example.com\r\nX-Throughline-Mail:\r\n ${id}\r\n\r\nX-Throughline-Mail: ${'b'.repeat(56)}\r\n`,
);
const envelope = { from: 'us@example.com', to: 'ana@example.org' };

describe('a mail that cannot be delivered', () => {
  it.each([
    ['', 'us@example.com'],
    ['back@example.com', 'back@example.com'],
    ['bounces+*@example.com', `bounces+${id}@example.com`],
  ])('comes back, with the return path %j, to %s', (pattern, from) => {
    expect(withReturnPath(envelope, raw, pattern)).toEqual({ ...envelope, from });
  });

  it('comes back to its sender where it has no id', () => {
    const older = Buffer.from(`From: us@example.com\r\n\r\nX-Throughline-Mail: ${id}\r\n`);
    expect(withReturnPath(envelope, older, 'bounces+*@example.com')).toEqual(envelope);
  });

  it.each(['bounces', 'a*b@example.com', 'Us <us@example.com>', 'many-bounces+*@example.com'])(
    'has no return path %s: the start says so',
    (MAIL_RETURN_PATH) => {
      expect(() => readSettings(messagingSettings, { MAIL_RETURN_PATH })).toThrow(ConfigError);
    },
  );
});
