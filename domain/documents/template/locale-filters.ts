import { calculated, decimalOf } from '../../templates/calculations.ts';

/** A Liquid filter over one value and its arguments. */
type Filter = (value: unknown, ...args: unknown[]) => string;

/** Whether it is known how a language writes numbers and days. */
export function hasFormats(language: string): boolean {
  return Intl.NumberFormat.supportedLocalesOf(language).length > 0;
}

/**
 * Filters that write values as readers of `language` expect them: `money: "EUR"`, `number`, `long_date`, `one_line` for a cell of several lines
 * inside a table, and letters in upper and lower case. An empty value stays empty; one that is no number or date is an error.
 */
export function localeFilters(
  letterLanguage: string,
): Record<'money' | 'number' | 'long_date' | 'one_line' | 'upcase' | 'downcase' | 'capitalize', Filter> {
  // Where nothing is known of it the settings of the machine would decide.
  const language = hasFormats(letterLanguage) ? letterLanguage : 'en';
  // No “−0.00”: what rounds to nothing has no sign.
  const plain = new Intl.NumberFormat(language, { maximumFractionDigits: 6, signDisplay: 'negative' });
  const long = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' });
  const currencies = new Map<string, Intl.NumberFormat>();
  const inCurrency = (currency: string): Intl.NumberFormat => {
    const known = currencies.get(currency);
    if (known) return known;
    const format = new Intl.NumberFormat(language, { style: 'currency', currency, signDisplay: 'negative' });
    currencies.set(currency, format);
    return format;
  };
  const upper = (text: string): string => text.toLocaleUpperCase(language);
  const lower = (text: string): string => text.toLocaleLowerCase(language);
  return {
    money: (value, currency) => unlessEmpty(value, (text) => inCurrency(String(currency)).format(decimalOf(text))),
    number: (value) => unlessEmpty(value, (text) => plain.format(decimalOf(text))),
    long_date: (value) => unlessEmpty(value, (text) => long.format(dateOf(text))),
    one_line: (value) => unlessEmpty(value, (text) => text.replaceAll(/\s+/g, ' ').trim()),
    upcase: (value) => unlessEmpty(value, upper),
    downcase: (value) => unlessEmpty(value, lower),
    capitalize: (value) => unlessEmpty(value, ([first = '', ...rest]) => upper(first) + lower(rest.join(''))),
  };
}

function unlessEmpty(value: unknown, write: (text: string) => string): string {
  const text = typeof value === 'number' ? calculated(value) : typeof value === 'string' ? value : '';
  return text === '' ? '' : write(text);
}

/** A day in the calendar, also with a time behind it, which is not looked at. */
function dateOf(text: string): Date {
  const day = /^\s*(\d{4}-\d{2}-\d{2})(?![\d-])/.exec(text)?.[1] ?? '';
  const date = new Date(`${day}T00:00:00Z`);
  const isDay = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
  if (!isDay) throw new Error(`“${text.slice(0, 40)}” is not a date`);
  return date;
}
