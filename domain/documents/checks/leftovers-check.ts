import type { Finding } from '../../../contracts/documents/documents.ts';
import { slotPassages, type Check, type Passage } from './check.ts';

type Pattern = { code: string; pattern: RegExp; message: string; hint: string };

const plain = 'Write plain sentences without any markup.';
const real = 'Replace it by the real value from the row, or leave the sentence out.';

/** What must not stand in a finished document. Case matters where ordinary words would match otherwise. */
const patterns: Pattern[] = [
  { code: 'template', pattern: /\{\{|\}\}|\{%|%\}|\$\{[a-z_.]+\}/i, message: 'Template code is left', hint: real },
  {
    code: 'placeholder',
    pattern: /\[(?:insert|your|name|first|last|customer|company|date|amount|address|recipient|x{2,})\b[^\]\n]{0,40}\]/i,
    message: 'A placeholder is left',
    hint: real,
  },
  {
    code: 'placeholder',
    pattern: /\[[A-Z][A-Z _]{2,40}\]|\[[A-Z][a-z]+(?: [A-Z][a-z]+){0,3}\]/,
    message: 'A placeholder is left',
    hint: real,
  },
  {
    code: 'placeholder',
    pattern: /<\/?\s*(?:INSERT|YOUR|NAME|[A-Z][A-Z_ ]{3,})\b[^>\n]{0,40}>?/,
    message: 'A placeholder is left',
    hint: real,
  },
  {
    code: 'placeholder',
    pattern: /\b(?:TODO|TBD|FIXME|XXX+)\b|_{4,}/,
    message: 'A note to the writer is left',
    hint: real,
  },
  {
    code: 'value',
    pattern: /\bundefined\b|\bNaN\b|\[object \w+\]|: null\b/,
    message: 'A missing value was printed',
    hint: real,
  },
  {
    code: 'assistant',
    pattern:
      /\bas an? (?:AI|artificial intelligence|(?:large )?language model)\b|\bI(?:'m| am) (?:sorry|unable|an AI)\b[^.\n]{0,60}\b(?:assist|help|cannot|comply|request)\b/i,
    message: 'The model speaks of itself',
    hint: 'Write only the document’s text; do not speak of yourself.',
  },
  {
    code: 'assistant',
    pattern: /^(?:sure|certainly|of course)[,!] here(?:'s| is)\b|\bhere is the (?:letter|text|paragraph|draft)\b/i,
    message: 'The model addresses the requester',
    hint: 'Begin with the document’s text itself.',
  },
  { code: 'filler', pattern: /\blorem ipsum\b|\bdolor sit amet\b/i, message: 'Filler text is left', hint: real },
];
const markup: Pattern = {
  code: 'markup',
  pattern: /```|\*\*[^*\n]+\*\*|^#{1,6} \S|^\s*[-*] \S|<\/?(?:p|b|br|strong|em|div|ul|li|h[1-6])\b[^>]*>/im,
  message: 'Markup would be printed as it stands',
  hint: plain,
};

/**
 * Placeholders, template code, printed nothings, talk about being a model, filler and markup. The document around the slots is looked
 * at too: a value of the row may be broken as well.
 */
export const checkLeftovers: Check = ({ answers, text }) => {
  const inSlots = slotPassages(answers).flatMap((passage) => find(passage, [...patterns, markup]));
  const known = new Set(inSlots.map((finding) => finding.evidence?.text));
  const around = find({ where: 'document', text }, patterns).filter((finding) => !known.has(finding.evidence?.text));
  return [...inSlots, ...around];
};

function find(passage: Passage, wanted: readonly Pattern[]): Finding[] {
  return wanted.flatMap(({ code, pattern, message, hint }) => {
    const match = pattern.exec(passage.text);
    if (!match) return [];
    const text = match[0].slice(0, 120);
    return [
      {
        check: 'leftovers',
        code: `leftovers.${code}`,
        severity: 'error' as const,
        message: `${message}: “${text}”`,
        evidence: { where: passage.where, start: match.index, text },
        repairHint: `${passage.where} contains “${text}”. ${hint}`,
      },
    ];
  });
}
