/** The scripts that are written from right to left. */
const rightToLeft = ['Arab', 'Hebr', 'Thaa', 'Syrc', 'Nkoo', 'Adlm', 'Rohg'];

/**
 * Whether a language is written from right to left, by its script: Punjabi in Pakistan is, in India it is not. HTML and PDF ask this alone, as a
 * typesetter’s own list of languages differs. @throws RangeError for what is no language tag
 */
export function isRightToLeft(language: string): boolean {
  return rightToLeft.includes(new Intl.Locale(language).maximize().script ?? '');
}
