import { currencyWords, percentWords, timeWords } from './units.ts';

/**
 * A number as it stands in a text, with every value it may mean: `1.234` is 1234 in Berlin and 1.234 in London. `unit` is what it counts:
 * `other` where another word follows, `bare` where nothing does.
 */
export type SpokenNumber = {
  start: number;
  text: string;
  values: number[];
  unit: 'money' | 'percent' | 'other' | 'bare';
};

/** Words of a language by their values; `100` and `1000` multiply what stands before them. A compound is their words in a row. */
type Words = Record<string, number>;

const UNITS = new RegExp(
  String.raw`[\s\u00a0-]+(?:(?<percent>%|${percentWords})|(?<money>${currencyWords})|(?<time>${timeWords}))(?!\p{L})`,
  'giu',
);
/** Words before a unit that may belong to its number. */
const MOST_WORDS = 9;

/**
 * Finds numbers in words that have a unit: “twelve percent”, “zweihundertfünfzig Euro”, 三百元. One or two of a time is a way of
 * speaking, not a fact.
 */
export function findNumberWords(text: string, language: string): SpokenNumber[] {
  return [...findSpelled(text, dictionaries[language.slice(0, 2)] ?? null), ...findHan(text)];
}

function findSpelled(text: string, words: Words | null): SpokenNumber[] {
  if (words === null) return [];
  let said = 0;
  return [...text.matchAll(UNITS)].flatMap((unit): SpokenNumber[] => {
    // The cents of an amount belong to it.
    if (unit.index <= said) return [];
    const head = text.slice(Math.max(0, unit.index - 90), unit.index);
    const before = [...head.matchAll(/[\p{L}\p{M}]+/gu)].slice(-MOST_WORDS);
    for (const [at, first] of before.entries()) {
      const phrase = head.slice(first.index);
      const value = /^[\p{L}\p{M}\s\u00a0-]+$/u.test(phrase) ? valueOf(phrase, words) : null;
      if (value === null || isJoiner(before[at]?.[0] ?? '')) continue;
      const { percent, money } = unit.groups ?? {};
      const isTime = percent === undefined && money === undefined;
      if (isTime && value <= 2) return [];
      const start = unit.index - head.length + first.index;
      const kind = percent === undefined ? (money === undefined ? 'other' : 'money') : 'percent';
      const end = unit.index + unit[0].length;
      const values = readings(value, kind);
      const cents = kind === 'money' ? centsBehind(text.slice(end, end + 60), words) : null;
      if (cents === null) return [{ start, text: text.slice(start, end), values, unit: kind }];
      said = end + cents.text.length;
      return [{ start, text: text.slice(start, said), values: [value + cents.value / 100], unit: kind }];
    }
    return [];
  });
}

/** “… euros con setenta y cinco”, “… Euro fünfzig”: what is said behind a currency in the language's own words for 11 to 99; null without. */
function centsBehind(text: string, words: Words): { text: string; value: number } | null {
  const [whole, phrase = ''] =
    /^\s+(?:con\s+|and\s+|und\s+|et\s+|e\s+|y\s+|en\s+)?([\p{L}\p{M}]+(?:[\s-][\p{L}\p{M}]+){0,4})/iu.exec(text) ?? [];
  if (whole === undefined) return null;
  const parts = phrase.split(/(?=[\s-])/);
  for (let end = parts.length; end > 0; end -= 1) {
    const said = parts.slice(0, end).join('');
    const value = valueOf(said, words);
    if (value !== null && Number.isInteger(value) && value > 10 && value < 100)
      return { text: whole.slice(0, whole.length - phrase.length + said.length), value };
  }
  return null;
}

/** 百分之十二, 三百元: numerals of Chinese and Japanese with a unit. */
function findHan(text: string): SpokenNumber[] {
  const pattern =
    /百分之([〇零一二两三四五六七八九十百千万]+)|([〇零一二两三四五六七八九十百千万]+)(?:元|円|块|ユーロ|ドル)/gu;
  return [...text.matchAll(pattern)].map((match): SpokenNumber => {
    const [whole, percent, money = ''] = match;
    const kind = percent === undefined ? 'money' : 'percent';
    return { start: match.index, text: whole, values: readings(hanValue(percent ?? money), kind), unit: kind };
  });
}

const readings = (value: number, kind: SpokenNumber['unit']): number[] =>
  kind === 'percent' ? [value, value / 100] : [value];

function hanValue(numerals: string): number {
  let [total, section, digit] = [0, 0, 0];
  for (const numeral of numerals) {
    const place = { 十: 10, 百: 100, 千: 1_000 }[numeral];
    if (numeral === '万') [total, section, digit] = [total + (section + digit) * 10_000, 0, 0];
    else if (place) [section, digit] = [section + (digit || 1) * place, 0];
    else digit = '零一二三四五六七八九'.indexOf(numeral.replace('〇', '零').replace('两', '二'));
  }
  return total + section + digit;
}

const isJoiner = (word: string): boolean => /^(?:and|und|et|y|e|en)$/i.test(word);

/** The value of a phrase that is a number from its first letter to its last; null for any other. */
function valueOf(phrase: string, words: Words): number | null {
  const folded = fold(phrase)
    .replaceAll(/\s+(?:and|und|et|y|e|en)\s+/g, ' ')
    .replaceAll(/[\s-]+/g, '');
  const names = namesOf(words);
  let [total, current, at] = [0, 0, 0];
  let decimals: string | null = null;
  while (at < folded.length) {
    const name = names.find((each) => folded.startsWith(each, at));
    if (name === undefined) return null;
    at += name.length;
    const value = words[name] ?? 0;
    if (Number.isNaN(value)) decimals = '';
    else if (decimals !== null) decimals += String(value);
    else if (value === 100) current = (current || 1) * 100;
    else if (value === 1_000) [total, current] = [total + (current || 1) * 1_000, 0];
    else current += value;
  }
  return total + current + (decimals ? Number(`0.${decimals}`) : 0);
}

const sorted = new WeakMap<Words, string[]>();

/** The longest first: “seventeen” is no “seven”. */
function namesOf(words: Words): string[] {
  const known = sorted.get(words) ?? Object.keys(words).toSorted((a, b) => b.length - a.length);
  sorted.set(words, known);
  return known;
}

function fold(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replaceAll('ß', 'ss');
}

/** From the words for 1…19, in their order, then 20, 30 … 90, then any others as `word:value`; `/` parts ways to write one, NaN begins decimals. */
function wordsOf(small: string, tens: string, others: string): Words {
  const words: Words = Object.fromEntries(
    others.split(' ').map((pair) => [pair.split(':')[0], Number(pair.split(':')[1])]),
  );
  for (const [at, all] of small.split(' ').entries()) for (const word of all.split('/')) words[word] = at + 1;
  for (const [at, all] of tens.split(' ').entries()) for (const word of all.split('/')) words[word] = (at + 2) * 10;
  return words;
}

const dictionaries: Record<string, Words> = {
  en: wordsOf(
    'one two three four five six seven eight nine ten eleven twelve/dozen thirteen fourteen fifteen sixteen seventeen eighteen nineteen',
    'twenty thirty forty fifty sixty seventy eighty ninety',
    'hundred:100 thousand:1000 and:0 ahalf:0.5 aquarter:0.25 threequarters:0.75 point:NaN zero:0',
  ),
  de: wordsOf(
    'ein/eins/eine/einen zwei drei vier funf sechs sieben acht neun zehn elf zwolf dreizehn vierzehn funfzehn sechzehn siebzehn achtzehn neunzehn',
    'zwanzig dreissig vierzig funfzig sechzig siebzig achtzig neunzig',
    'hundert:100 tausend:1000 und:0 einhalb:0.5 komma:NaN null:0',
  ),
  fr: wordsOf(
    'un/une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dixsept dixhuit dixneuf',
    'vingt trente quarante cinquante soixante soixantedix quatrevingt/quatrevingts quatrevingtdix',
    'cent:100 cents:100 mille:1000 et:0 demi:0.5 virgule:NaN zero:0',
  ),
  es: wordsOf(
    'un/uno/una dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve',
    'veinte/veinti treinta cuarenta cincuenta sesenta setenta ochenta noventa',
    'cien:100 ciento:100 doscientos:200 trescientos:300 cuatrocientos:400 quinientos:500 seiscientos:600 setecientos:700 ochocientos:800 novecientos:900 mil:1000 y:0 medio:0.5 coma:NaN cero:0',
  ),
  it: wordsOf(
    'un/uno/una due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove',
    'venti/vent trenta/trent quaranta/quarant cinquanta/cinquant sessanta/sessant settanta/settant ottanta/ottant novanta/novant',
    'cento:100 mille:1000 mila:1000 e:0 mezzo:0.5 virgola:NaN zero:0',
  ),
  pt: wordsOf(
    'um/uma dois/duas tres quatro cinco seis sete oito nove dez onze doze treze catorze/quatorze quinze dezasseis/dezesseis dezassete/dezessete dezoito dezanove/dezenove',
    'vinte trinta quarenta cinquenta sessenta setenta oitenta noventa',
    'cem:100 cento:100 duzentos:200 trezentos:300 quatrocentos:400 quinhentos:500 seiscentos:600 setecentos:700 oitocentos:800 novecentos:900 mil:1000 e:0 meio:0.5 virgula:NaN zero:0',
  ),
  nl: wordsOf(
    'een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien',
    'twintig dertig veertig vijftig zestig zeventig tachtig negentig',
    'honderd:100 duizend:1000 en:0 komma:NaN nul:0',
  ),
};
