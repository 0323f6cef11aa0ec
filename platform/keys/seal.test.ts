import { describe, expect, it } from 'vitest';
import { masterKeys } from './master-keys.ts';
import { seal, SealError, unseal } from './seal.ts';

const keys = masterKeys({ THROUGHLINE_KEY: 'a key of 32 characters or more 1' });
const place = ['workspace', 'crm'];

describe('a sealed text', () => {
  it.each(['', 'pat-eu1-1234', 'ß\u{1f511}\0', 'x'.repeat(100_000)])(
    'opens again in its place, each time sealed anew',
    (text) => {
      const [one, two] = [seal(keys, place, text), seal(keys, place, text)];
      expect(unseal(keys, place, one)).toBe(text);
      expect(one.ciphertext.equals(two.ciphertext)).toBe(false);
      if (text) expect(one.ciphertext.includes(text)).toBe(false);
    },
  );

  it('does not open in another place, of another workspace or under another name', () => {
    const sealed = seal(keys, place, 'secret');
    for (const other of [['other', 'crm'], ['workspace', 'payment'], ['workspace'], ['workspacecrm'], []])
      expect(() => unseal(keys, other, sealed)).toThrow(SealError);
  });

  it('does not open when a bit of it has changed or a part is missing', () => {
    const sealed = seal(keys, place, 'secret');
    for (let at = 0; at < sealed.ciphertext.length; at += 1) {
      const changed = Buffer.from(sealed.ciphertext);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(() => unseal(keys, place, { ...sealed, ciphertext: changed })).toThrow(SealError);
      expect(() => unseal(keys, place, { ...sealed, ciphertext: changed.subarray(0, at) })).toThrow(SealError);
    }
  });

  it('opens by its own key alone, and says which is missing', () => {
    const sealed = seal(keys, place, 'secret');
    const others = masterKeys({ THROUGHLINE_KEY: 'a key of 32 characters or more 2' });
    expect(() => unseal(others, place, sealed)).toThrow(`The key ${keys.current.id}`);
    expect(() => unseal(others, place, { ...sealed, keyId: others.current.id })).toThrow(SealError);
  });
});
