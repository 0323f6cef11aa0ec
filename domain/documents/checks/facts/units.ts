/** Ends a text: a currency's sign or code, as written right before an amount. */
export const currencyBefore = String.raw`(?:[$€£¥₹₩₽₺₪₫฿]|(?<!\p{L})(?:US|CA|AU|NZ|HK|R|S|NT)\$|(?<!\p{L})(?:Rs\.?|INR|EUR|USD|GBP|CHF|JPY|CNY|RMB|CAD|AUD|SEK|NOK|DKK|PLN|CZK|HUF|TRY|BRL|MXN|ZAR|AED|kr\.?|zł|Kč|Ft|Fr\.?|人民币)|人民币)`;

/** The words for a currency that stand behind an amount, digits or words. */
export const currencyWords = String.raw`euros?|dollars?|pounds?|rupees?|rupien|francs?|franken|yen|yuan|pesos?|reais|real|libras?|livres|dólares|dollari|sterline|pfund|ponden|kronen|kronor|złotych|cents?(?!\s+(?:euro|dollar|franc|livre))|centimes?|céntimos|centesimi`;

/** Begins a text behind an amount in a currency. */
export const currencyAfter = new RegExp(
  String.raw`^[\s\u00a0\u202f]?(?:[€$£¥₹₩₽₺₪₫฿]|元|円|块|圆|원|ユーロ|ドル|(?:EUR|USD|GBP|CHF|INR|JPY|CNY|kr|zł|Kč|Ft|lei|${currencyWords})(?!\p{L}))`,
  'iu',
);

/** The words for a hundredth part. */
export const percentWords = String.raw`per\s?cent|prozent|procent|pour[\s\u00a0]cent|por[\s\u00a0]ciento|per[\s\u00a0]cento|por[\s\u00a0]cento`;

/** Begins a text behind a percentage. */
export const percentAfter = new RegExp(String.raw`^[\s\u00a0\u202f]?(?:%|(?:${percentWords})(?!\p{L}))`, 'iu');

/** The words for spans of time that are counted. */
export const timeWords = String.raw`days?|weeks?|months?|years?|tagen?|wochen|monaten?|jahren?|jours?|semaines?|mois|ans?|años?|días?|semanas?|mes|meses|giorni|settimane|mesi|anni|dias?|anos?|dagen|weken|maanden`;

/** Numbers in what people say of always being there: no fact of any row. */
export const idioms =
  /\b24\s?\/\s?7\b|\b7\s?j\s?\/\s?7\b|\b24\s?h\s?\/\s?24\b|\b365\s+(?:days|tage|jours|días|giorni)|\b24[\s\u00a0-]?(?:hours?|stunden|heures|horas|ore|uur)(?:\s+sur\s+24|\s+su\s+24)?|24\s?(?:小时|小時|時間|시간)|\b7\s+(?:days a week|jours sur 7|tage die woche|días a la semana|giorni su 7)/giu;

/** The numbers of the items of a list, as `(1) … (2) …` or `1. … 2. …`: two or more from 1 on, each one more than the one before. */
export function findLabels(text: string): { start: number; text: string }[] {
  const labels = [...text.matchAll(/(?<=^|[\s(:;,])(\d{1,2})(?:\)|\.(?=\s))/gmu)];
  const first = labels.findIndex(([, number]) => number === '1');
  const inOrder = first < 0 ? [] : labels.slice(first).filter(([, number], at) => Number(number) === at + 1);
  return inOrder.length < 2 ? [] : inOrder.map((label) => ({ start: label.index, text: label[0] }));
}

/** A text whose digits of every script are ASCII, as are the marks between them; it keeps its length, so places stay what they are. */
export function asciiDigits(text: string): string {
  return text
    .replaceAll(/\p{Nd}/gu, (digit) => (digit.length === 1 ? String(valueOf(digit)) : digit))
    .replaceAll(/(?<=\d)[٫．](?=\d)/g, '.')
    .replaceAll(/(?<=\d)[٬，](?=\d)/g, ',')
    .replaceAll(/[％٪﹪]/g, '%');
}

/** Blocks of digits begin at a multiple of 16, or 6 above one. */
function valueOf(digit: string): number {
  const code = digit.codePointAt(0) ?? 0;
  const isAligned = /\p{Nd}/u.test(String.fromCodePoint(code - (code % 16)));
  return (code % 16) - (isAligned ? 0 : 6);
}
