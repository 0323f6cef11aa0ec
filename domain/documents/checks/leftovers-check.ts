import type { Finding } from '../../../contracts/documents/documents.ts';
import { rowTexts, slotPassages, type Check, type CheckSubject, type Passage } from './check.ts';
import { doubtfulLetters } from '../lost-letters.ts';
import { markup, patterns, type LeftoverPattern } from './leftover-patterns.ts';

/**
 * Placeholders, template code, printed nothings, talk about being a model, filler and markup. The document around the slots is looked
 * at too: a value of the row may be broken as well. What stands in the row so is no fault of the model, and it is not asked to mend it.
 */
export const checkLeftovers: Check = (subject) => {
  const wanted = patterns.filter(({ languages = '' }) => isFor(languages, subject.language));
  const inSlots = slotPassages(subject.answers).flatMap((passage) => find(subject, passage, [...wanted, markup]));
  const known = new Set(inSlots.map((finding) => finding.evidence?.text));
  const around = find(subject, { where: 'document', text: subject.text }, wanted);
  const others = around.filter((finding) => !known.has(finding.evidence?.text));
  return [...inSlots, ...others, ...findLostLetters(subject)];
};

/** Values of the row that are printed and may have lost letters: a person says whether “J?rgen” is one of them or “Wifi?x”. */
function findLostLetters({ row, text }: CheckSubject): Finding[] {
  return Object.values(row.values).flatMap((value) => {
    const word = doubtfulLetters(value);
    const start = word === null ? -1 : text.indexOf(word);
    if (word === null || start < 0) return [];
    return [
      {
        check: 'leftovers',
        code: 'leftovers.letters',
        severity: 'error' as const,
        message: `Letters may be lost: “${word}” stands in the row`,
        evidence: { where: 'document', start, text: word },
        repairHint: '',
      },
    ];
  });
}

function isFor(languages: string, language: string): boolean {
  const [isNot, listed] = [languages.startsWith('!'), languages.replace('!', '').split(',')];
  return languages === '' || listed.includes(language.split('-')[0] ?? '') !== isNot;
}

function find(subject: CheckSubject, passage: Passage, wanted: readonly LeftoverPattern[]): Finding[] {
  const isOwn = (words: string): boolean => rowTexts(subject.row).some((value) => value.includes(words));
  return wanted.flatMap(({ code, pattern, message, hint }) => {
    // Most are not there, and to look for all of their matches takes a pattern of its own.
    if (!pattern.test(passage.text)) return [];
    const matches = [...passage.text.matchAll(new RegExp(pattern, `${pattern.flags}g`))];
    const match = matches.find(([words]) => !isOwn(words)) ?? matches[0];
    if (!match) return [];
    const text = match[0].slice(0, 120);
    const isOfRow = isOwn(match[0]);
    // A word that the row itself has, such as a size XXX, is its value; what has the form of code is broken in any case.
    if (isOfRow && /^[\p{L}]+$/u.test(text)) return [];
    return [
      {
        check: 'leftovers',
        code: `leftovers.${code}`,
        severity: 'error' as const,
        message: isOfRow ? `${message}: “${text}” stands in the row` : `${message}: “${text}”`,
        evidence: { where: passage.where, start: match.index, text },
        repairHint: isOfRow ? '' : `${passage.where} contains “${text}”. ${hint}`,
      },
    ];
  });
}
