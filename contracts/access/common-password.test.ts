import { describe, expect, it } from 'vitest';
import { isCommonPassword } from './common-password.ts';

describe('a common password', () => {
  it.each([
    'aaaaaaaaaaaa',
    'password1234',
    'P@ssw0rd!2026',
    '123456789012',
    'qwertyuiop12',
    'Welcome2026!!',
    'abcabcabcabc',
    'xkvzxkvzxkvz',
    'Throughline1!',
    'adminadmin99',
  ])('is %s', (password) => expect(isCommonPassword(password)).toBe(true));
  it.each([
    'a long password for a test',
    'correct horse battery',
    'Tr4m-nach-Eggenberg',
    'mXq9vB2#kLpw',
    'пароль от дома моего',
  ])('is not %s', (password) => expect(isCommonPassword(password)).toBe(false));
});
