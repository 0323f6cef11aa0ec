import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../config.ts';
import { privateKeySetting, readPrivateKey } from './pem.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
const bare = pem
  .split('\n')
  .filter((line) => !line.startsWith('-----'))
  .join('');

describe('the setting of a private key (okhttp#6738: an error has the secret that cannot be used)', () => {
  it.each([
    ['with its line ends written as two letters', pem.replaceAll('\n', '\\n')],
    ['as it is', pem],
  ])('is PEM %s', (_, setting) => {
    expect(readPrivateKey(setting).equals(privateKey)).toBe(true);
  });

  it.each([
    ['without its first and last line', bare],
    ['in base64 as a whole', Buffer.from(pem).toString('base64')],
    ['cut off', bare.slice(0, 100)],
  ])('is refused where it is a key %s, and the refusal has nothing of the key', (_, setting) => {
    const read = (): unknown => readSettings({ DKIM_KEY: privateKeySetting('key') }, { DKIM_KEY: setting });
    expect(read).toThrow('DKIM_KEY: it is neither a file that can be read');
    expect(read).not.toThrow(setting.slice(0, 20));
  });
});
