import { useLingui } from '@lingui/react';
import { minorDigits, shownDigits } from '../../../../domain/words/amounts.ts';

/** Money in a currency's minor unit (cents). `currency` is an ISO 4217 code. */
export function Money({ minor, currency }: { minor: number; currency: string }) {
  const { i18n } = useLingui();
  return <span className="num">{formatMinor(i18n.locale, minor, currency)}</span>;
}

/** `€420.00` by the payment service's rule of the currency. @throws RangeError for what is no currency code */
export function formatMinor(locale: string, minor: number, currency: string): string {
  const digits = shownDigits(minor, currency);
  const fraction = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency, ...fraction });
  return format.format(minor / 10 ** minorDigits(currency));
}
