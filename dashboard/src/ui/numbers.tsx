import { useLingui } from '@lingui/react';

/** A whole number with its thousands apart. */
export function Count({ value }: { value: number }) {
  const { i18n } = useLingui();
  return <>{i18n.number(value)}</>;
}

/** A size in bytes, in the unit that leaves one to three digits before the point. */
export function Bytes({ value }: { value: number }) {
  const { i18n } = useLingui();
  return <span className="num">{formatBytes(i18n.locale, value)}</span>;
}

/** `640 byte`, `12 kB`, `3.4 MB`: thousands, as disks are sold and filled. */
export function formatBytes(locale: string, bytes: number): string {
  const steps = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), 4);
  const unit = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'][steps] ?? 'terabyte';
  const format = new Intl.NumberFormat(locale, { style: 'unit', unit, maximumSignificantDigits: 3 });
  return format.format(bytes / 1000 ** steps);
}

/** Millionths of a US dollar, as what models cost is kept: with as many digits as such small sums need. */
export function Cost({ micros }: { micros: number }) {
  const { i18n } = useLingui();
  return <span className="num">{formatMicros(i18n.locale, micros)}</span>;
}

/** A share between 0 and 1 in percent. */
export function Percent({ share, digits = 0 }: { share: number; digits?: number }) {
  const { i18n } = useLingui();
  return <>{i18n.number(share, { style: 'percent', maximumFractionDigits: digits })}</>;
}

/** `$12.40`; below one cent up to four digits, so that a fraction of a cent is not nothing. */
export function formatMicros(locale: string, micros: number): string {
  if (micros > 0 && micros < 100) return `<${formatMicros(locale, 100)}`;
  const dollars = micros / 1_000_000;
  const digits = micros !== 0 && Math.abs(dollars) < 0.1 ? 4 : 2;
  return new Intl.NumberFormat(locale, { style: 'currency', currency: 'USD', maximumFractionDigits: digits }).format(
    dollars,
  );
}
