/** A number as it stands in a text, with every value it may mean: `1.234` is 1234 in Berlin and 1.234 in London. */
export type SpokenNumber = { start: number; text: string; values: number[] };

/** Finds numbers: amounts, percentages, counts; grouped by commas, points, blanks or apostrophes. */
export function findNumbers(text: string): SpokenNumber[] {
  const pattern = /(?<![\p{L}\d])[-−]?\d+(?:[.,'’\u00a0\u202f ]\d{3}(?!\d))*(?:[.,]\d+)?(?:\s?%)?/gu;
  return [...text.matchAll(pattern)].map((match) => ({
    start: match.index,
    text: match[0].trim(),
    values: valuesOf(match[0]),
  }));
}

/** Whether two writings can mean the same value; the sign does not count, texts say “a discount of 5”. */
export function sameNumber(one: SpokenNumber, other: SpokenNumber): boolean {
  return one.values.some((value) => other.values.some((each) => Math.abs(value - each) < 1e-9));
}

function valuesOf(written: string): number[] {
  const isPercent = written.includes('%');
  const digits = written.replaceAll(/[-−%\s\u00a0\u202f'’]/g, '');
  const readings = new Set<number>();
  // The last mark may part decimals or thousands; marks before it part thousands.
  const last = Math.max(digits.lastIndexOf('.'), digits.lastIndexOf(','));
  const tail = digits.length - last - 1;
  if (last >= 0) readings.add(Number(`${digits.slice(0, last).replaceAll(/[.,]/g, '')}.${digits.slice(last + 1)}`));
  if (last < 0 || tail === 3) readings.add(Number(digits.replaceAll(/[.,]/g, '')));
  return [...readings].flatMap((value) => (isPercent ? [value, value / 100] : [value]));
}
