/** Words that passwords are made of again and again, and rows of keys. Guessing begins with them. */
const common = [
  'throughline',
  'qwertyuiop',
  'qwertzuiop',
  'asdfghjkl',
  'password',
  'passwort',
  'passwd',
  'changeme',
  'football',
  'baseball',
  'superman',
  'sunshine',
  'princess',
  'iloveyou',
  'trustno',
  'letmein',
  'welcome',
  'zxcvbnm',
  'yxcvbnm',
  'charlie',
  'michael',
  'shadow',
  'master',
  'monkey',
  'dragon',
  'secret',
  'qwerty',
  'qwertz',
  'azerty',
  'summer',
  'winter',
  'spring',
  'autumn',
  'admin',
  'login',
  'hello',
  'guest',
  'test',
  'user',
  'abc',
];
/** Letters as they are often written with other signs. */
const letters: Readonly<Record<string, string>> = {
  '@': 'a',
  '4': 'a',
  '3': 'e',
  '1': 'i',
  '!': 'i',
  '0': 'o',
  $: 's',
  '5': 's',
};
/** Characters that must be left when all that is common is taken away, and different ones that there must be. */
const least = 5;

/**
 * Whether a password is one of those that are guessed first, however long it is: few different characters, or common words, digits and
 * signs with next to nothing else.
 */
export function isCommonPassword(password: string): boolean {
  const plain = password.toLowerCase();
  if (new Set(plain).size < least) return true;
  const spelled = plain.replaceAll(/[@431!0$5]/g, (sign) => letters[sign] ?? sign);
  return [plain, spelled].some((text) => left(text) < least);
}

function left(text: string): number {
  const without = common.reduce((rest, word) => rest.replaceAll(word, ''), text);
  return without.replaceAll(/[^\p{L}]/gu, '').replaceAll(/(.)\1+/gu, '$1').length;
}
