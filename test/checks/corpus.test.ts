import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkCorpus } from './check-corpus.ts';
import { bytesOf, parts, passagesOf } from './corpus.ts';

describe('the corpus of passages', () => {
  it.each([
    ['sealed-faulty', '8634d74d1943a996b1fdd5c7439d42df6924c949720da67732b0f32b1dbb2fd7'],
    ['sealed-honest', '3322efbff8ee3eeabcded8a0741cf49f7192325d639905ca5837a423796db14d'],
  ] as const)('has its sealed third as it was before the checks that it judges: %s', (part, hash) => {
    expect(createHash('sha256').update(bytesOf(part)).digest('hex')).toBe(hash);
  });

  it('has each passage once', () => {
    const all = parts.flatMap((part) => passagesOf(part).map(({ world, text }) => `${world} ${text}`));
    expect(all.filter((each, at) => all.indexOf(each) !== at)).toEqual([]);
  });

  it.each(['open-faulty', 'open-honest'] as const)('is judged rightly where it is open (A6): %s', (part) => {
    expect(checkCorpus(part).wrong).toEqual([]);
  });
});
