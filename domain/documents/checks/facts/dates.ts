/** A day as far as a text says it; `null` is a part that was not said. Ambiguous writings have several readings. */
export type SpokenDate = {
  start: number;
  text: string;
  readings: { year: number | null; month: number; day: number | null }[];
};

/**
 * Finds dates in a text: 2026-12-01, 1.12.2026, 1. 12. 26, 12/01/26 (both readings), am 1.12., 2026年12月1日, 1 December 2026, December 1, 2026, December 2026 and
 * 1 December, with the months' names of `language` and of English.
 */
export function findDates(text: string, language: string): SpokenDate[] {
  const months = monthNames(language);
  const names = [...months.keys()].toSorted((a, b) => b.length - a.length).join('|');
  const found: SpokenDate[] = [];
  const collect = (pattern: RegExp, read: (groups: (string | undefined)[]) => SpokenDate['readings']): void => {
    for (const match of text.matchAll(pattern)) {
      const start = match.index;
      const isTaken = found.some(
        (date) => start < date.start + date.text.length && date.start < start + match[0].length,
      );
      const readings = read(match.slice(1)).filter(isPossible);
      if (!isTaken && readings.length > 0) found.push({ start, text: match[0], readings });
    }
  };
  const month = (name: string | undefined): number => months.get((name ?? '').toLowerCase()) ?? 0;
  const whole = (year: string | undefined, of: number, day: string | undefined): SpokenDate['readings'] => [
    { year: year === undefined ? null : Number(year), month: of, day: day === undefined ? null : Number(day) },
  ];
  const nth = '(?:st|nd|rd|th|º|\\.|er)?';

  collect(/\b(\d{4})-(\d{2})-(\d{2})\b/g, ([year, of, day]) => whole(year, Number(of), day));
  collect(/\b(\d{1,2})([./-])\s?(\d{1,2})\2\s?(\d{4}|\d{2})\b(?!\.\d)/g, ([a, , b, year = '']) => {
    const full = year.length === 2 ? `20${year}` : year;
    return [...whole(full, Number(b), a), ...whole(full, Number(a), b)];
  });
  collect(/(?:(\d{4})\s?[年년]\s?)?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日号일]/g, ([year, of, day]) =>
    whole(year, Number(of), day),
  );
  collect(/(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]/g, ([year, of]) => whole(year, Number(of), undefined));
  collect(
    new RegExp(`\\b(\\d{1,2})${nth}\\s+(?:of\\s+|de\\s+)?(${names})\\.?,?\\s+(?:de\\s+)?(\\d{4})\\b`, 'giu'),
    ([day, name, year]) => whole(year, month(name), day),
  );
  collect(new RegExp(`(?<!\\p{L})(${names})\\.?\\s+(\\d{1,2})${nth},?\\s+(\\d{4})\\b`, 'giu'), ([name, day, year]) =>
    whole(year, month(name), day),
  );
  collect(new RegExp(`(?<!\\p{L})(${names})\\.?\\s+(?:de\\s+)?(\\d{4})\\b`, 'giu'), ([name, year]) =>
    whole(year, month(name), undefined),
  );
  collect(new RegExp(`\\b(\\d{1,2})${nth}\\s+(?:of\\s+|de\\s+)?(${names})(?!\\p{L})`, 'giu'), ([day, name]) =>
    whole(undefined, month(name), day),
  );
  collect(new RegExp(`(?<!\\p{L})(${names})\\s+(\\d{1,2})${nth}(?![\\d.,]*\\d)`, 'giu'), ([name, day]) =>
    whole(undefined, month(name), day),
  );
  // Behind a word that a day follows: `1.3.` alone is as likely the end of a sentence.
  collect(/(?<=(?<!\p{L})(?:am|zum|vom|bis|ab|seit|dem|den)\s)(\d{1,2})\.\s?(\d{1,2})\.(?!\s?\d)/giu, ([day, of]) =>
    whole(undefined, Number(of), day),
  );
  return found.toSorted((a, b) => a.start - b.start);
}

/** Whether what a text says of a day agrees with a full date. */
export function agrees(said: SpokenDate, date: SpokenDate): boolean {
  return said.readings.some((one) =>
    date.readings.some(
      (other) =>
        one.month === other.month &&
        (one.year === null || other.year === null || one.year === other.year) &&
        (one.day === null || other.day === null || one.day === other.day),
    ),
  );
}

function isPossible({ month, day }: SpokenDate['readings'][number]): boolean {
  return month >= 1 && month <= 12 && (day === null || (day >= 1 && day <= 31));
}

const cache = new Map<string, Map<string, number>>();

/** Long and short names in lower case, without those of fewer than three letters. */
function monthNames(language: string): Map<string, number> {
  const known = cache.get(language);
  if (known) return known;
  const names = new Map<string, number>();
  for (const locale of [language, 'en']) {
    for (const style of ['long', 'short'] as const) {
      const format = new Intl.DateTimeFormat(locale, { month: style, day: 'numeric', timeZone: 'UTC' });
      for (let month = 1; month <= 12; month += 1) {
        const parts = format.formatToParts(new Date(Date.UTC(2026, month - 1, 1)));
        const name =
          parts
            .find((part) => part.type === 'month')
            ?.value.toLowerCase()
            .replace(/\.$/, '') ?? '';
        if (/^\p{L}{3,}$/u.test(name) && !names.has(name)) names.set(name, month);
      }
    }
  }
  cache.set(language, names);
  return names;
}
