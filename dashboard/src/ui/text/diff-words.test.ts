import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unlimited } from '../../../../test/support/properties.ts';
import { diffWords } from './diff-words.ts';

const shown = (before: string, after: string): string =>
  diffWords(before, after)
    .map(({ kind, text }) => ({ same: text, added: `+[${text}]`, removed: `-[${text}]` })[kind])
    .join('');

describe('two texts', () => {
  it.each([
    ['Thank you for 7 years.', 'Thank you for 12 years.', 'Thank you for -[7 ]+[12 ]years.'],
    ['One two three', 'One two three', 'One two three'],
    ['', 'New words', '+[New words]'],
    ['Old words', '', '-[Old words]'],
    ['a b c d e', 'a x c y e', 'a -[b ]+[x ]c -[d ]+[y ]e'],
    ['保费为500元', '保费为600元', '保费为-[500]+[600]元'],
  ])('%j and %j differ word by word', (before, after, expected) => {
    expect(shown(before, after)).toBe(expected);
  });

  it('are both found whole in their difference', unlimited, () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c ', '\n', ' ', '太')).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const runs = diffWords(before, after);
        const of = (other: string): string => runs.map((run) => (run.kind === other ? '' : run.text)).join('');
        expect([of('added'), of('removed')]).toEqual([before, after]);
      }),
    );
  });
});
