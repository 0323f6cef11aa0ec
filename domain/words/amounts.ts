import { currencyRule } from '../../contracts/core/currencies.ts';

/** An amount as people read it, by the payment service's rule of its currency: `120.00 EUR`, `1200 JPY`, `120 ISK` for 12000. */
export function money(amountMinor: number, currency: string): string {
  return `${(amountMinor / 10 ** minorDigits(currency)).toFixed(shownDigits(amountMinor, currency))} ${currency}`;
}

/**
 * How many digits of an amount stand for less than one of its currency: 2 for EUR and ISK, 0 for JPY. A currency that the payment service does
 * not take has those of the language. @throws RangeError for what is no currency code
 */
export function minorDigits(currency: string): number {
  const rule = currencyRule(currency);
  if (rule) return rule.digits;
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** How many of those digits are shown: none where they are always 0. */
export function shownDigits(amountMinor: number, currency: string): number {
  const digits = minorDigits(currency);
  const isEmpty = currencyRule(currency)?.step === 10 ** digits && amountMinor % 10 ** digits === 0;
  return isEmpty ? 0 : digits;
}

/** The least that amounts of a currency differ by: 1 for EUR, 100 for UGX. The payment service refuses what lies between. */
export function amountStep(currency: string): number {
  return currencyRule(currency)?.step ?? 1;
}
