import type { Finding } from '../../../contracts/documents/documents.ts';
import { rowTexts, sharedTexts, slotPassages, type Check, type CheckSubject, type Passage } from './check.ts';
import { agrees, findDates, type SpokenDate } from './dates.ts';
import { findNumbers, sameNumber, type SpokenNumber } from './numbers.ts';
import { findEmails, findIds, findSalutations, findUrls, without } from './references.ts';

/** Everything that may be said: what the row, the brief, the brand and the template hold. */
type Known = {
  dates: SpokenDate[];
  numbers: SpokenNumber[];
  emails: Set<string>;
  urls: Set<string>;
  ids: Set<string>;
  words: Set<string>;
};

/**
 * Every date, number, amount, e-mail and web address, id and greeted name that the model wrote must stand in the row, the brief, the
 * brand or the template, however it is written there (`1234.5` and `€1,234.50` are the same).
 */
export const checkFacts: Check = (subject) => {
  const known = knownFacts(subject);
  return slotPassages(subject.answers).flatMap((passage) => untraced(passage, known, subject.language));
};

function untraced(passage: Passage, known: Known, language: string): Finding[] {
  const { text } = passage;
  const emails = findEmails(text);
  const urls = findUrls(text);
  const rest = without(text, [...emails, ...urls]);
  const dates = findDates(rest, language);
  const ids = findIds(without(rest, dates));
  const numbers = findNumbers(without(without(rest, dates), ids));
  const strange = <T extends { start: number; text: string }>(
    all: T[],
    isKnown: (one: T) => boolean,
    what: string,
  ): Finding[] => all.filter((one) => !isKnown(one)).map((one) => finding(passage.where, one, what));
  return [
    ...strange(emails, ({ value }) => known.emails.has(value), 'email'),
    ...strange(urls, ({ value }) => known.urls.has(value), 'url'),
    ...strange(dates, (date) => known.dates.some((each) => agrees(date, each)), 'date'),
    ...strange(ids, ({ value }) => known.ids.has(value), 'id'),
    ...strange(numbers, (number) => known.numbers.some((each) => sameNumber(number, each)), 'number'),
    ...strange(findSalutations(text), ({ value }) => value.split(/\s+/).every((word) => known.words.has(word)), 'name'),
  ];
}

function knownFacts(subject: CheckSubject): Known {
  const shared = sharedFacts(subject);
  const own = factsIn(rowTexts(subject.row), subject.language);
  return {
    dates: [...own.dates, ...shared.dates],
    numbers: [...own.numbers, ...shared.numbers],
    emails: own.emails.union(shared.emails),
    urls: own.urls.union(shared.urls),
    ids: own.ids.union(shared.ids),
    words: own.words.union(shared.words),
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

/** Sources are kept apart by lines, so that two cells never read as one number. */
function factsIn(sources: readonly string[], language: string): Known {
  const text = sources.join('\n');
  const hosts = text.replaceAll(/@([\w.-]+)/g, ' www.$1');
  return {
    dates: findDates(text, language),
    numbers: findNumbers(text),
    emails: new Set(findEmails(text).map(({ value }) => value)),
    urls: new Set([...findUrls(text), ...findUrls(hosts)].map(({ value }) => value)),
    ids: new Set(findIds(text.toUpperCase()).map(({ value }) => value)),
    words: new Set(text.toLowerCase().match(/\p{L}[\p{L}'’-]*/gu)),
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
