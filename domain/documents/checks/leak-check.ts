import { rowTexts, sharedTexts, type Check } from './check.ts';

/** No document holds what identifies the subject of another row: the worst thing a batch can do. */
export const checkLeak: Check = (subject) => {
  if (!subject.leaks) return [];
  const { text, row, language } = subject;
  const leaks = subject.leaks.find(text, row.ordinal, [...rowTexts(row), ...sharedTexts(subject)], language);
  return leaks.map(({ start, text, ordinal }) => ({
    check: 'leak',
    code: 'leak.foreignRow',
    severity: 'error',
    message: `“${text}” belongs to document ${ordinal}`,
    evidence: { where: 'document', start, text },
    repairHint: `“${text}” belongs to another person. Write only about the subject of this row.`,
  }));
};
