import type { Block } from './document-model.ts';
import { markdownModel } from './markdown-model.ts';
import { inlineText } from './model-text.ts';
import { ValueMarks } from './value-marks.ts';

/** What is made visible in a document for its reviewer. */
export type Highlights = {
  /** Where quoted words stand in a piece of text, as `inlineText` gives it: ranges in their order, none over another. */
  marksIn(text: string): Range[];
  /** Whether a block is a clause that no model has touched. */
  isLocked(block: Block): boolean;
};

/** Characters `from`…`to - 1` of a text. */
export type Range = { from: number; to: number };

/** Marks what findings quote, wherever it stands as whole words, and knows the paragraphs of locked clauses. */
export function highlightsOf({ quotes, locked }: { quotes: readonly string[]; locked: readonly string[] }): Highlights {
  const pattern = patternOf(quotes.map((quote) => quote.trim()).filter((quote) => quote !== ''));
  const clauses = new Set(locked.flatMap((text) => clauseOf(text).map(keyOf)));
  return {
    marksIn: (text) =>
      pattern === null
        ? []
        : [...text.matchAll(pattern)].map((match) => ({ from: match.index, to: match.index + match[0].length })),
    isLocked: (block) => clauses.has(keyOf(block)),
  };
}

/** A clause as it stands in a paragraph of its own. */
function clauseOf(text: string): Block[] {
  const values = new ValueMarks();
  return markdownModel(values.mark(text), values);
}

/** The words of a block are compared, not how a template sets them. */
function keyOf(block: Block): string {
  return JSON.stringify(block.kind === 'paragraph' ? inlineText(block.content) : block);
}

/** The longest first, so that a quote inside another hides nothing; line ends and spaces are alike, as in Markdown. */
function patternOf(quotes: string[]): RegExp | null {
  if (quotes.length === 0) return null;
  const parts = quotes
    .toSorted((a, b) => b.length - a.length)
    .map((quote) => quote.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`).replaceAll(/\s+/g, String.raw`\s+`));
  return new RegExp(`${wordStart}(?:${parts.join('|')})${wordEnd}`, 'gu');
}

/** “50” is quoted neither from “1,250” nor from “50.20”; what begins or ends otherwise than a word may stand anywhere. */
const wordStart = String.raw`(?<![\p{L}\p{N}](?=[\p{L}\p{N}])|\p{N}[.,](?=\p{N}))`;
const wordEnd = String.raw`(?!(?<=[\p{L}\p{N}])[\p{L}\p{N}]|(?<=\p{N})[.,]\p{N})`;
