import { describe, expect, it } from 'vitest';
import { ownAddress } from './own-address.ts';

const origin = 'https://tl.example';

describe('where a person goes after signing in', () => {
  it.each([
    [undefined, `${origin}/`],
    ['/inbox?gate=1#decision', `${origin}/inbox?gate=1#decision`],
    ['batches', `${origin}/batches`],
    [`${origin}/runs`, `${origin}/runs`],
  ])('is where they were going: %s', (next, address) => expect(ownAddress(next, origin)).toBe(address));

  // As the browser reads it when it is sent there.
  it.each([
    '/.//localhost:4910/',
    '/..//evil.example',
    '/%2e//evil.example',
    '//evil.example',
    String.raw`/\evil.example`,
    String.raw`\\evil.example`,
    '/\t/evil.example',
    'https://evil.example',
    'https:evil.example',
    'https://tl.example@evil.example',
    'javascript:alert(1)',
    'data:text/html,x',
    'http://tl.example/',
    'https://[',
  ])('is never another site (security 18): %s', (next) => {
    expect(new URL(ownAddress(next, origin), `${origin}/sign-in`).origin).toBe(origin);
  });
});
