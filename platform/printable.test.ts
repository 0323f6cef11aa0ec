import { expect, it } from 'vitest';
import { printable } from './printable.ts';

it.each([
  ['what clears a line and writes another', 'Ana\u001b[1A\u001b[2Kapproved', 'Ana\\u001b[1A\\u001b[2Kapproved'],
  ['a title for the window', '\u001b]0;root\u0007', '\\u001b]0;root\\u0007'],
  ['the same in one byte', '\u009b2J', '\\u009b2J'],
  ['a return', 'no\ryes', 'no\\u000dyes'],
  ['letters in another order', 'a\u202eb', 'a\\u202eb'],
  ['lines, columns and letters of any language', 'Zoë\t家\n✓', 'Zoë\t家\n✓'],
])('a terminal obeys no %s (solana #20495, resend-cli #240)', (_, text, shown) => {
  expect(printable(text)).toBe(shown);
});

it('leaves JSON what it says', () => {
  const value = { name: '\u001b[2J\u009b\u202e' };
  expect(JSON.parse(printable(JSON.stringify(value)))).toEqual(value);
});
