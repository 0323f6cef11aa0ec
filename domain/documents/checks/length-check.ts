import type { Finding } from '../../../contracts/documents/documents.ts';
import { slotPassages, type Check } from './check.ts';

/** A quarter over the limit still fits the layout: shown, not flagged. */
const TOLERANCE = 1.25;

/** Words of each slot against its bounds. */
export const checkLength: Check = ({ answers, template, language }) =>
  slotPassages(answers).flatMap(({ where, text }): Finding[] => {
    const spec = template.slots[where.slice('slots.'.length)];
    if (!spec) return [];
    const words = countWords(text, language);
    if (words >= spec.minWords && words <= spec.maxWords) return [];
    const isLong = words > spec.maxWords;
    const bound = isLong ? `at most ${spec.maxWords}` : `at least ${spec.minWords}`;
    return [
      {
        check: 'length',
        code: isLong ? 'length.tooLong' : 'length.tooShort',
        severity: isLong && words <= spec.maxWords * TOLERANCE ? 'warning' : 'error',
        message: `${where} has ${words} words, wanted are ${bound}`,
        evidence: null,
        repairHint: `${where} has ${words} words; write ${bound}.`,
      },
    ];
  });

/** Words as the language parts them; also those without spaces between them. */
export function countWords(text: string, language: string): number {
  let words = 0;
  for (const segment of segmenterOf(language).segment(text)) if (segment.isWordLike) words += 1;
  return words;
}

const segmenters = new Map<string, Intl.Segmenter>();

function segmenterOf(language: string): Intl.Segmenter {
  const known = segmenters.get(language);
  if (known) return known;
  const made = new Intl.Segmenter(language, { granularity: 'word' });
  segmenters.set(language, made);
  return made;
}
