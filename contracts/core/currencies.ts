/**
 * How the payment service writes amounts of a currency: a whole number of its smallest unit, of which `10 ** digits` are one, in steps of `step`.
 * `JPY` has no digits; of `KWD` the last of three is 0; `ISK` and `UGX` have two for old times' sake, always 00. A charge is at least `least` of the
 * smallest unit, 0 where none is published; an account that is paid out in another currency has that one's as well.
 */
export type CurrencyRule = { digits: number; step: number; least: number };

/** Without a smaller unit. Source of this and of all below: docs.stripe.com/currencies, as of November 2026. */
const withoutDigits = 'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF';
/** With three digits of which the last must be 0. */
const withThreeDigits = 'BHD JOD KWD OMR TND';
/** Without a smaller unit, and written with two digits all the same. */
const withTwoEmptyDigits = 'ISK UGX';
/** With two. HUF and TWD are among them: they are charged with two and only paid out without. */
const withTwoDigits = `AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CNY COP CRC CVE CZK
  DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR JMD KES KGS KHR KYD KZT LAK LBP LKR LRD LSL MAD
  MDL MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SEK SGD SHP
  SLE SOS SRD STD SZL THB TJS TOP TRY TTD TWD TZS UAH USD UYU UZS WST XCD YER ZAR ZMW`;

/** The least that is charged, in the smallest unit. */
const leastCharges: Readonly<Record<string, number>> = {
  ...sameLeast('AUD BRL CAD CHF EUR INR NZD SGD USD', 50),
  ...sameLeast('AED MYR PLN RON', 200),
  ...sameLeast('NOK SEK', 300),
  ...sameLeast('MXN THB', 1_000),
  CZK: 1_500,
  DKK: 250,
  GBP: 30,
  HKD: 400,
  HUF: 17_500,
  JPY: 50,
};

const rules = new Map<string, CurrencyRule>([
  ...listed(withoutDigits, { digits: 0, step: 1 }),
  ...listed(withThreeDigits, { digits: 3, step: 10 }),
  ...listed(withTwoEmptyDigits, { digits: 2, step: 100 }),
  ...listed(withTwoDigits, { digits: 2, step: 1 }),
]);

/** The rule of a currency (ISO 4217, in capitals or not); undefined where the payment service takes no such currency. */
export function currencyRule(code: string): CurrencyRule | undefined {
  return rules.get(code.toUpperCase());
}

function listed(codes: string, rule: Omit<CurrencyRule, 'least'>): [string, CurrencyRule][] {
  return codes.split(/\s+/).map((code) => [code, { ...rule, least: leastCharges[code] ?? 0 }]);
}

function sameLeast(codes: string, least: number): Record<string, number> {
  return Object.fromEntries(codes.split(' ').map((code) => [code, least]));
}
