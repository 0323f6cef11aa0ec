import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { letterFonts } from '../../contracts/documents/fonts.ts';

/** Fonts of the scripts that a brand's own font lacks, by npm package. Those of Chinese, Japanese and Korean are optional: 200 MB. */
const packages: { name: string; family: string; language?: string }[] = [
  { name: 'noto-sans', family: 'Noto Sans' },
  { name: 'noto-sans-arabic', family: 'Noto Sans Arabic' },
  { name: 'noto-sans-thai', family: 'Noto Sans Thai' },
  { name: 'noto-sans-bengali', family: 'Noto Sans Bengali' },
  { name: 'noto-sans-gujarati', family: 'Noto Sans Gujarati' },
  { name: 'noto-sans-gurmukhi', family: 'Noto Sans Gurmukhi' },
  { name: 'noto-sans-kannada', family: 'Noto Sans Kannada' },
  { name: 'noto-sans-malayalam', family: 'Noto Sans Malayalam' },
  { name: 'noto-sans-tamil', family: 'Noto Sans Tamil' },
  { name: 'noto-sans-telugu', family: 'Noto Sans Telugu' },
  { name: 'noto-sans-myanmar', family: 'Noto Sans Myanmar' },
  { name: 'noto-sans-armenian', family: 'Noto Sans Armenian' },
  { name: 'noto-sans-georgian', family: 'Noto Sans Georgian' },
  { name: 'noto-sans-symbols-2', family: 'Noto Sans Symbols 2' },
  { name: 'noto-sans-sc', family: 'Noto Sans SC', language: 'zh' },
  { name: 'noto-sans-jp', family: 'Noto Sans JP', language: 'ja' },
  { name: 'noto-sans-kr', family: 'Noto Sans KR', language: 'ko' },
  { name: 'noto-emoji', family: 'Noto Emoji' },
];

/** The cuts that a letter has; a package without one of them has no such folder, and it is set in the next best. */
const cuts = ['400Regular', '400Regular_Italic', '700Bold', '700Bold_Italic'];

/** The folders with the font files that are installed. */
export function fontFolders(): string[] {
  const require = createRequire(import.meta.url);
  return packages.flatMap(({ name }) => {
    try {
      const home = dirname(require.resolve(`@expo-google-fonts/${name}/package.json`));
      return cuts.map((cut) => join(home, cut));
    } catch {
      return [];
    }
  });
}

/**
 * The families that a letter is set in, the first that has a character wins. Nothing else is used, whatever the machine has: so a letter is
 * the same on each. One language's forms of Chinese characters come before the others'.
 */
export function familiesOf(wanted: readonly string[], language: string): string[] {
  const own = wanted.filter((family) => letterFonts.some((known) => known === family));
  const preferred = packages.filter((each) => each.language === language.slice(0, 2));
  const others = packages.filter((each) => !preferred.includes(each));
  const all = [...own, 'Libertinus Serif', ...[...preferred, ...others].map(({ family }) => family)];
  return [...new Set(all)];
}
