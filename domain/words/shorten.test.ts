import { expect, it } from 'vitest';
import { shorten } from './shorten.ts';

it.each([
  ['abc', 5, 'abc'],
  ['abcdef', 5, 'abcde'],
  ['abcd🎓', 5, 'abcd'],
  ['abc🎓', 5, 'abc🎓'],
])('%s in %i characters is %s', (text, most, expected) => expect(shorten(text, most)).toBe(expected));
