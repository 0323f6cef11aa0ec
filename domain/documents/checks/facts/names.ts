import type { Reference } from './references.ts';

/** Words before a name: titles of all languages that letters are written in. */
export const titles =
  'Mr|Mrs|Ms|Miss|Mx|Sir|Madam|Dr|Prof|Herrn?|Frau|Familie|[Ff]amily|[Ss]e[ñn]ora?|Sra?|[Dd]on|[Dd]o[ñn]a|[Ff]amilia|[Mm]onsieur|[Mm]adame|[Mm]ademoiselle|Mme|Mlle|M|[Ff]amille|[Ss]ignora?|Sig|[Dd]ott|[Dd]ottor|[Dd]ottoressa|[Ff]amiglia|[Ss]enhora?|[Mm]eneer|[Mm]evrouw|[Dd]hr|[Mm]evr|Shri|Smt|Pan|Pani';

const greetings = [
  ...'Dear|[Mm]y dear|Dearest|Hello|Hi|Hey|Hiya|Howdy|Greetings|Welcome|Good (?:morning|afternoon|evening|day)|To(?=[^\\n:]{1,40}:)'.split(
    '|',
  ),
  ...'Guten (?:Tag|Morgen|Abend)|Hallo|Moin|Servus|Gr[üu][ßs]s? Gott|Gr[üu]ezi|Liebe[rs]?|Sehr geehrte[rs]?|Geehrte[rs]?|Werte[rs]?|Willkommen'.split(
    '|',
  ),
  ...'Bonjour|Bonsoir|Salut|Coucou|Ch[eè]re?s?|Bienvenue|Hola|Buen(?:os|as) (?:d[ií]as|tardes|noches)|Estimad[oa]s?|Querid[oa]s?|Apreciad[oa]s?|Bienvenid[oa]s?'.split(
    '|',
  ),
  ...'Gentil(?:e|issim[oa])|Egregi[oa]|Car[oaie]|Ciao|Salve|Buon(?:giorno|asera)|Benvenut[oa]|Prezad[oa]|Car[oa]|Ol[áa]|Bom dia|Boa (?:tarde|noite)|Beste|Geachte|Hoi|Dag|Goede(?:morgen|middag|navond)'.split(
    '|',
  ),
  ...'Kære|Hej|Kjære|Hei|Bästa|Drog[ia]|Cze[śs][ćc]|Szanown[ya]|Vážen[ýá]|Namaste|Merhaba|Say[ıi]n|Уважаем(?:ый|ая)|Дорог(?:ой|ая)|Здравствуйте'.split(
    '|',
  ),
].join('|');

/** Whom a letter may greet without knowing a name. */
const general =
  /^(?:customers?|clients?|policy ?holders?|pupils?|students?|members?|readers?|friends?|colleagues?|guests?|all|everyone|everybody|team|neighbou?rs?|depositors?|savers?|parents?|subscribers?|patients?|residents?|tenants?|passengers?|travell?ers?|applicants?|partners?|sir|madam|sirs|world|kund(?:e|in|en|innen)|damen|herren|mitglied(?:er)?|leser(?:in|innen)?|freund(?:e|in)?|versicherte[rn]?|mieter(?:in)?|gäste|team|clientes?|cliente|clienta|adhérente?s?|abonnée?s?|membres?|lectrices?|lecteurs?|amis?|amigos?|amigas?|señor(?:es|as?)?|socios?|soci[oa]|lettor[ei]|lettrice|signor[aei]?|gentili|messieurs|mesdames|mesdames|klant(?:en)?|leden|lid|cliënt)$/iu;

const NAME = String.raw`\p{Lu}[\p{L}\p{M}'’\-]+`;
const TITLE = `(?:${titles})(?![\\p{L}\\p{M}])\\.?`;
const NAMES = `((?!${TITLE})${NAME}(?:\\s+(?:(?:de|del|della|di|da|van|von|der|la)\\s+)?${NAME})*)`;
const SALUTATION = new RegExp(
  [
    String.raw`(?<=(?:^|[.!?:;,\n“"(])\s*)(?:${greetings})(?:\s+(?:there|again|my|liebe[rs]?|dear))?[,:]?[\s\u00a0]+` +
      String.raw`(?:${TITLE}\s+(?:(?:and|und|et|y|e|en)\s+)?)*${NAMES}(?=\s*(?:[,!:.;–—\n]|$))`,
    // “Madame Fontaine,” alone at the beginning of a line greets as well.
    String.raw`^\s*(?:${TITLE}\s+)+${NAMES}(?=[,!:\n])`,
  ].join('|'),
  'gmu',
);
const HAN_SALUTATION =
  /(?:尊敬的|亲爱的|敬爱的)([\p{Script=Han}·]{2,8}?)(?:先生|女士|小姐|太太|阁下)?(?=[：:，,！!\n]|您|$)|^([\p{Script=Han}\p{Script=Katakana}ー]{2,8})\s?(?:様|さん|殿)|^([\p{Script=Hangul}]{2,5}?)(?:님|씨)/gmu;
const HAN_GENERAL = /^(?:客户|用户|会员|顾客|读者|投保人|朋友|各位|先生|女士|家长|同学|老师|皆|各位|고객|회원|皆々)/u;

/** The people whom a text greets by name, in any of many languages; `value` is each name folded, its words parted by a blank. */
export function findSalutations(text: string): Reference[] {
  const named = [...text.matchAll(SALUTATION)].flatMap((match) => referenceOf(match, match[1] ?? match[2] ?? ''));
  const han = [...text.matchAll(HAN_SALUTATION)].flatMap((match) => {
    const name = match[1] ?? match[2] ?? match[3] ?? '';
    return HAN_GENERAL.test(name) ? [] : referenceOf(match, name);
  });
  return [...named, ...han];
}

function referenceOf(match: RegExpExecArray, name: string): Reference[] {
  if (name === '' || name.split(/\s+/).every((word) => general.test(word))) return [];
  return [{ start: match.index + match[0].lastIndexOf(name), text: name, value: fold(name) }];
}

/** A word without its accents, width and case: José, JOSÉ and Jose are one name. */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[ıßøłđæœ’]/g, (letter) => FOLDED[letter] ?? letter);
}

const FOLDED: Record<string, string> = { ı: 'i', ß: 'ss', ø: 'o', ł: 'l', đ: 'd', æ: 'ae', œ: 'oe', '’': "'" };

/** Whether every word of a name stands in what may be said; one of a script without spaces stands anywhere in it. */
export function isNamed(name: string, known: { words: ReadonlySet<string>; text: string }): boolean {
  if (/[\p{Script=Han}\p{Script=Katakana}\p{Script=Hangul}]/u.test(name)) return known.text.includes(name);
  return name.split(/\s+/).every((word) => known.words.has(word) || general.test(word));
}
