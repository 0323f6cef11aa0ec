import type { Block, Inline } from '../../domain/documents/model/document-model.ts';

/** Letters of the longest word that a line, a heading or all cells of a row together hold; a longer one may break anywhere. */
const longest = { line: 60, heading: 36, row: 80 };
/** A cell's word of so many letters fits beside any others. */
const LEAST_OF_CELL = 8;

/**
 * The same blocks with places to break in words that are too long for where they stand: Typst breaks none by itself, and would set them
 * over the next cell or off the page.
 */
export function breakable(blocks: readonly Block[]): Block[] {
  return blocks.map((block): Block => {
    switch (block.kind) {
      case 'heading':
        return { ...block, content: inlines(block.content, longest.heading) };
      case 'paragraph':
        return { ...block, content: inlines(block.content, longest.line) };
      case 'list':
        return { ...block, items: block.items.map(breakable) };
      case 'quote':
        return { ...block, content: breakable(block.content) };
      case 'table': {
        const most = Math.max(LEAST_OF_CELL, Math.floor(longest.row / block.header.length));
        const row = (cells: Inline[][]): Inline[][] => cells.map((cell) => inlines(cell, most));
        return { ...block, header: row(block.header), rows: block.rows.map(row) };
      }
      case 'code':
        return { ...block, text: broken(block.text, longest.line) };
      case 'rule':
        return block;
    }
  });
}

function inlines(content: readonly Inline[], most: number): Inline[] {
  return content.map((inline): Inline => {
    if (inline.kind === 'text' || inline.kind === 'code') return { ...inline, text: broken(inline.text, most) };
    return inline.kind === 'break' ? inline : { ...inline, content: inlines(inline.content, most) };
  });
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * Runs of letters between which no line may end. Scripts without spaces end lines between their words by rules of their own: no comma begins
 * one.
 */
const WORD =
  /(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\u3000-\u303f\uff00-\uff65])\S)+/gu;

function broken(text: string, most: number): string {
  return text.replaceAll(WORD, (word) =>
    word.length <= most ? word : [...segmenter.segment(word)].map(({ segment }) => segment).join('\u200B'),
  );
}
