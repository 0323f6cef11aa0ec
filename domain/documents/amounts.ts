import { own } from '../../contracts/core/json.ts';

/** A currency in front of an amount or behind it. */
const CURRENCY = String.raw`(?:\p{Sc}|\p{Lu}{3}|(?:US|CA|A|R)\$|Rs\.?|kr\.?|zł|Kč|Ft)`;
const AROUND = new RegExp(String.raw`^(-?)\s*(${CURRENCY}?)\s*(-?[\d.,'’\u00a0\u202f\s]*\d)\s*(${CURRENCY}?)$`, 'u');

/**
 * An amount or number of a file as a plain one, such as `1234.50`; null where it is none, or where nobody has said what its marks mean.
 * `decimal` is the mark before the decimals; the other one, blanks and apostrophes may group thousands. A currency around it goes.
 */
export function plainNumber(written: string, decimal: '.' | ',' | undefined): string | null {
  if (PLAIN.test(written)) return decimal === ',' && written.includes('.') ? grouped(written, ',') : written;
  const [, sign = '', , body = ''] = AROUND.exec(written) ?? [];
  const digits = body.replaceAll(/[\s\u00a0\u202f]/g, ' ').trim();
  const mark = decimal ?? (/^-?(?:\d{1,3}(?:,\d{3})+\.\d+|\d+(?:\.(?:\d\d?|\d{4,}))?)$/.test(digits) ? '.' : undefined);
  const plain = mark === undefined ? null : grouped(digits, mark);
  return plain !== null && PLAIN.test(`${sign}${plain}`) ? `${sign}${plain}` : null;
}

const PLAIN = /^-?\d+(?:\.\d+)?$/;

/** A number whose decimals begin with a mark, without what groups its thousands, as India does too; null where it is none. */
function grouped(digits: string, mark: '.' | ','): string | null {
  const group = mark === '.' ? ',' : String.raw`\.`;
  const pattern = new RegExp(
    String.raw`^-?(?:\d+|\d{1,3}(?:([${group}'’ ])\d{3})(?:\1\d{3})*|\d{1,2}(?:,\d{2})+,\d{3})(?:[${mark}]\d+)?$`,
  );
  if (!pattern.test(digits)) return null;
  const [whole = '', decimals] = digits.split(mark);
  return `${whole.replaceAll(/[^\d-]/g, '')}${decimals === undefined ? '' : `.${decimals}`}`;
}

/** The currencies that stand around an amount, as they are written; none around a plain number. */
export function currenciesAround(written: string): string[] {
  const [, , before = '', , behind = ''] = AROUND.exec(written) ?? [];
  return [before, behind].filter((currency) => currency !== '');
}

/** Whether two ways to write a currency, such as `$`, `US$` and `USD`, may mean the same one; one of them is a code (ISO 4217) or both are alike. */
export function mayBeSameCurrency(one: string, other: string): boolean {
  const plain = (text: string): string => text.normalize('NFKC').replace(/\.$/, '').toUpperCase();
  const isNamed = (written: string, code: string): boolean =>
    writtenAs(code.toUpperCase()).some((known) => plain(known) === plain(written));
  return isNamed(one, other) || isNamed(other, one);
}

/** Ways to write a currency that are not among those that `Intl` knows. */
const others: Readonly<Record<string, readonly string[]>> = {
  USD: ['US$'],
  CAD: ['C$'],
  INR: ['Rs'],
  MUR: ['Rs'],
  NPR: ['Rs'],
};

function writtenAs(code: string): string[] {
  const name = (currencyDisplay: 'symbol' | 'narrowSymbol'): string | undefined => {
    try {
      const parts = new Intl.NumberFormat('en', { style: 'currency', currency: code, currencyDisplay }).formatToParts(
        1,
      );
      return parts.find(({ type }) => type === 'currency')?.value;
    } catch {
      // Not the shape of a currency: only its own letters are it.
      return undefined;
    }
  };
  return [code, name('symbol') ?? code, name('narrowSymbol') ?? code, ...(own(others, code) ?? [])];
}

/** Whether a plain number of money would be a thousand times as much where the point groups thousands: 1.234 is €1,234.00 in Berlin. */
export function mayBeThousands(written: string): boolean {
  return /^-?[1-9]\d{0,2}\.\d{3}$/.test(written);
}

/** Whether a cell is an amount with marks that mean something only once it is known which of them begins the decimals. */
export function needsDecimal(written: string): boolean {
  return plainNumber(written, undefined) === null && (plainNumber(written, ',') ?? plainNumber(written, '.')) !== null;
}
