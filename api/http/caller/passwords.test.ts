import { hash } from '@node-rs/argon2';
import { describe, expect, it } from 'vitest';
import { hashPassword, isPassword } from './passwords.ts';

describe('a password', () => {
  const [composed, decomposed] = ['ein längeres Kennwort, Ø', 'ein längeres Kennwort, Ø'.normalize('NFD')];

  it('fits whichever way a keyboard writes its letters (mattermost 36877, synapse 3306)', async () => {
    expect(composed).not.toBe(decomposed);
    for (const [set, typed] of [
      [composed, decomposed],
      [decomposed, composed],
      ['ﬁne words, all of them', 'fine words, all of them'],
    ] as const)
      expect(await isPassword(await hashPassword(set), typed)).toBe(true);
    expect(await isPassword(await hashPassword(composed), 'ein langeres Kennwort, Ø')).toBe(false);
  });

  it('that was hashed as it was typed, by a release of before, still fits', async () => {
    expect(await isPassword(await hash(decomposed), decomposed)).toBe(true);
    expect(await isPassword(await hash(composed), composed)).toBe(true);
  });

  it('fits no account that has none', async () => {
    expect(await isPassword(null, composed)).toBe(false);
    expect(await isPassword(undefined, decomposed)).toBe(false);
  });
});
