/** A Liquid filter over one value and its arguments. */
type Filter = (value: unknown, ...args: unknown[]) => string;

/**
 * Filters that write values as readers of `language` expect them: `money: "EUR"`, `number`, `long_date`, and `one_line` for a
 * cell of several lines inside a table. An empty value stays empty; one that is no number or date is an error.
 */
export function localeFilters(language: string): Record<'money' | 'number' | 'long_date' | 'one_line', Filter> {
  const plain = new Intl.NumberFormat(language, { maximumFractionDigits: 6 });
  const long = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' });
  const currencies = new Map<string, Intl.NumberFormat>();
  const inCurrency = (currency: string): Intl.NumberFormat => {
    const known = currencies.get(currency);
    if (known) return known;
    const format = new Intl.NumberFormat(language, { style: 'currency', currency });
    currencies.set(currency, format);
    return format;
  };
  return {
    money: (value, currency) => unlessEmpty(value, (text) => inCurrency(String(currency)).format(numberOf(text))),
    number: (value) => unlessEmpty(value, (text) => plain.format(numberOf(text))),
    long_date: (value) => unlessEmpty(value, (text) => long.format(dateOf(text))),
    one_line: (value) => unlessEmpty(value, (text) => text.replaceAll(/\s+/g, ' ').trim()),
  };
}

function unlessEmpty(value: unknown, write: (text: string) => string): string {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  return text === '' ? '' : write(text);
}

function numberOf(text: string): number {
  const number = Number(text);
  if (!Number.isFinite(number)) throw new Error(`“${text.slice(0, 40)}” is not a number`);
  return number;
}

function dateOf(text: string): Date {
  const date = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) throw new Error(`“${text.slice(0, 40)}” is not a date`);
  return date;
}
