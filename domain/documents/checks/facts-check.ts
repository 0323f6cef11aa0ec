import type { Finding } from '../../../contracts/documents/documents.ts';
import { rowTexts, sharedTexts, slotPassages, type Check, type CheckSubject, type Passage } from './check.ts';
import { agrees, findDates, type SpokenDate } from './facts/dates.ts';
import { findSalutations, fold, isNamed } from './facts/names.ts';
import type { SpokenNumber } from './facts/number-words.ts';
import { findNumbers, sameNumber } from './facts/numbers.ts';
import { findEmails, findIds, findPhones, findUrls, without } from './facts/references.ts';
import { asciiDigits, findLabels, idioms } from './facts/units.ts';

/** Everything that may be said: what the row, the brief, the brand and the template hold. */
type Known = {
  dates: SpokenDate[];
  numbers: SpokenNumber[];
  /** Numbers that may be amounts or percentages: no part of a date, an id or a count of other things. */
  amounts: SpokenNumber[];
  emails: Set<string>;
  urls: Set<string>;
  ids: Set<string>;
  words: Set<string>;
  /** The digits of telephone numbers: how those are parted is a matter of taste. */
  phones: Set<string>;
  text: string;
};

/**
 * Every date, number, amount, e-mail and web address, id and greeted name that the model wrote must stand in the row, the brief, the
 * brand or the template, however it is written there (`1234.5` and `€1,234.50` are the same).
 */
export const checkFacts: Check = (subject) => {
  // Read where the model wrote a fact at all.
  let read: Known | null = null;
  const known = (): Known => (read ??= knownFacts(subject));
  return slotPassages(subject.answers).flatMap((passage) => untraced(passage, known, subject.language));
};

function untraced(passage: Passage, known: () => Known, language: string): Finding[] {
  const text = asciiDigits(passage.text);
  const emails = findEmails(text);
  const urls = findUrls(text);
  const rest = without(text, [...emails, ...urls]).replaceAll(idioms, (idiom) => ' '.repeat(idiom.length));
  const dates = findDates(rest, language);
  const ids = findIds(without(rest, dates));
  const phones = findPhones(rest).filter(({ value }) => known().phones.has(value));
  const numbers = findNumbers(without(without(rest, [...dates, ...phones, ...findLabels(rest)]), ids), language);
  const strange = <T extends { start: number; text: string }>(
    all: T[],
    isKnown: (one: T) => boolean,
    what: string,
  ): Finding[] =>
    all
      .filter((one) => !isKnown(one))
      // As it stands there, whatever its script.
      .map((one) => ({ ...one, text: passage.text.slice(one.start, one.start + one.text.length) }))
      .map((one) => finding(passage.where, one, what));
  return [
    ...strange(emails, ({ value }) => known().emails.has(value), 'email'),
    ...strange(urls, ({ value }) => known().urls.has(value), 'url'),
    ...strange(dates, (date) => known().dates.some((each) => agrees(date, each)), 'date'),
    ...strange(ids, ({ value }) => known().ids.has(value), 'id'),
    ...strange(numbers, (number) => isKnown(number, known()), 'number'),
    ...strange(findSalutations(text), ({ value }) => isNamed(value, known()), 'name'),
  ];
}

/** An amount or a percentage is said where one is known; what a date or an id consists of may be said without a unit alone. */
function isKnown(number: SpokenNumber, known: Known): boolean {
  const isAmount = number.unit === 'money' || number.unit === 'percent';
  return (isAmount ? known.amounts : known.numbers).some(
    (each) => sameNumber(number, each) && (!isAmount || each.unit === 'bare' || each.unit === number.unit),
  );
}

function knownFacts(subject: CheckSubject): Known {
  const shared = sharedFacts(subject);
  const own = factsIn(rowTexts(subject.row), subject.language);
  return {
    dates: [...own.dates, ...shared.dates],
    numbers: [...own.numbers, ...shared.numbers],
    amounts: [...own.amounts, ...shared.amounts],
    emails: own.emails.union(shared.emails),
    urls: own.urls.union(shared.urls),
    ids: own.ids.union(shared.ids),
    words: own.words.union(shared.words),
    phones: own.phones.union(shared.phones),
    text: `${own.text}\n${shared.text}`,
  };
}

/** The facts that all documents of a batch share are read once; they are the larger part. */
const sharedCache = new WeakMap<object, { brief: string; language: string; brand: object; known: Known }>();

function sharedFacts(subject: CheckSubject): Known {
  const { template, brief, language, brand } = subject;
  const cached = sharedCache.get(template);
  if (cached && cached.brief === brief && cached.language === language && cached.brand === brand) return cached.known;
  const known = factsIn(sharedTexts(subject), language);
  sharedCache.set(template, { brief, language, brand, known });
  return known;
}

/** Sources are kept apart by more than a blank, so that two cells never read as one number, nor April and 25 as a day. */
function factsIn(sources: readonly string[], language: string): Known {
  const text = asciiDigits(sources.join('\n;\n'));
  const hosts = text.replaceAll(/@([\w.-]+)/g, ' www.$1');
  const dates = findDates(text, language);
  const ids = findIds(text.toUpperCase());
  const folded = fold(text);
  return {
    dates,
    numbers: findNumbers(text, language),
    amounts: findNumbers(without(without(text, dates), ids), language),
    emails: new Set(findEmails(text).map(({ value }) => value)),
    urls: new Set([...findUrls(text), ...findUrls(hosts)].map(({ value }) => value)),
    ids: new Set(ids.map(({ value }) => value)),
    words: new Set(folded.match(/\p{L}[\p{L}\p{M}'-]*/gu)),
    phones: new Set(findPhones(text).map(({ value }) => value)),
    text: folded,
  };
}

const labels: Record<string, string> = {
  email: 'E-mail address',
  url: 'Web address',
  date: 'Date',
  id: 'Reference',
  number: 'Number',
  name: 'Name',
};

function finding(where: string, { start, text }: { start: number; text: string }, what: string): Finding {
  return {
    check: 'facts',
    code: `facts.${what}`,
    severity: 'error',
    message: `${labels[what]} “${text}” stands neither in the row nor in the brief`,
    evidence: { where, start, text },
    repairHint: `${where}: “${text}” is not in the data. Use only values from the row or the brief, or leave it out.`,
  };
}
