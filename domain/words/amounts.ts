/** An amount as people read it, in the digits that the currency has: `120.00 EUR`, `1200 JPY`. */
export function money(amountMinor: number, currency: string): string {
  const digits = minorDigits(currency);
  return `${(amountMinor / 10 ** digits).toFixed(digits)} ${currency}`;
}

/** How many digits of a currency stand behind the point: 2 for EUR, 0 for JPY. @throws RangeError for what is no currency code */
export function minorDigits(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}
