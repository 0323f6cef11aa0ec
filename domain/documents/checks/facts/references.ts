/** Something in a text that names one thing: an address, a link, an id, a person. `value` is its comparable form. */
export type Reference = { start: number; text: string; value: string };

/** A letter or digit of a domain: scripts without spaces would draw the words behind an address into it. */
const OF_DOMAIN = String.raw`[[\p{L}\d]--[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]]`;
const DOMAIN = `(?:${OF_DOMAIN}(?:(?:${OF_DOMAIN}|-)*${OF_DOMAIN})?\\.)+`;
/** Endings of domains that stand in texts without a scheme: the common ones, not all 1,500, some of which are words. */
const ENDINGS =
  'com|net|org|info|biz|io|co|app|dev|shop|store|online|site|xyz|link|click|top|club|live|pro|me|tv|ly|gl|gg|ai|eu|example|test|bank|de|at|ch|fr|be|nl|lu|es|pt|it|uk|ie|us|ca|mx|br|ar|cl|pl|cz|sk|hu|ro|bg|gr|tr|ru|ua|se|no|dk|fi|is|cn|jp|kr|tw|hk|sg|in|au|nz|za|il|ae';

const EMAIL = new RegExp(String.raw`[\w.+%\-]+@${DOMAIN}${OF_DOMAIN}{2,}`, 'gv');
const URL = new RegExp(
  [
    String.raw`(?:https?|hxxps?):\/\/[^\s<>"'\)\]]+`,
    String.raw`www\.[^\s<>"'\)\]]+`,
    String.raw`(?<![\p{L}\d@.\-])${DOMAIN}(?:${ENDINGS})(?!${OF_DOMAIN}|-|\.${OF_DOMAIN})(?:[\/?#][^\s<>"'\)\]]*)?`,
    String.raw`(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.]*\d)(?:[:\/][^\s<>"'\)\]]*)?`,
  ].join('|'),
  'gv',
);

/** E-mail addresses, in lower case. */
export function findEmails(text: string): Reference[] {
  return collect(text, EMAIL, (found) => found.toLowerCase());
}

/** Web addresses, also those without a scheme, in lower case; without scheme, `www.`, closing punctuation and a slash at the end. */
export function findUrls(text: string): Reference[] {
  return collect(text, URL, (found) =>
    found
      .toLowerCase()
      .replace(/^(?:https?|hxxps?):\/\//, '')
      .replace(/^www\./, '')
      .replace(/[.,;:!?/]+$/, ''),
  );
}

/** Ids: at least four characters with digits and capital letters, as `HL-2024-0031`. */
export function findIds(text: string): Reference[] {
  const pattern = /(?<![\p{L}\d-])(?=[A-Z\d/-]*\d)(?=[A-Z\d/-]*[A-Z])[A-Z\d]+(?:[-/][A-Z\d]+)*(?![\p{L}\d])/gu;
  return collect(text, pattern, (found) => found.toUpperCase()).filter(
    // An amount with its currency in front is a number.
    ({ value }) =>
      value.length >= 4 && !/^(?:EUR|USD|GBP|CHF|INR|JPY|CNY|RMB|CAD|AUD|SEK|NOK|DKK|PLN|CZK|HUF)\d+$/.test(value),
  );
}

/** Telephone numbers as they may be parted, by their digits. */
export function findPhones(text: string): Reference[] {
  return collect(text, /(?<![\p{L}\d])\+?\(?\d(?:[ ()./\u00a0-]{0,2}\d){6,15}(?!\d)/gu, (found) =>
    found.replaceAll(/\D/g, ''),
  );
}

/** Blanks out references, so that the digits in them are not taken for numbers. */
export function without(text: string, found: readonly { start: number; text: string }[]): string {
  let rest = text;
  for (const { start, text: part } of found) {
    rest = rest.slice(0, start) + ' '.repeat(part.length) + rest.slice(start + part.length);
  }
  return rest;
}

function collect(text: string, pattern: RegExp, comparable: (found: string) => string): Reference[] {
  return [...text.matchAll(pattern)].map((match) => ({
    start: match.index,
    text: match[0],
    value: comparable(match[0]),
  }));
}
