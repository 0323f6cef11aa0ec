import type { Block, Inline } from './document-model.ts';

/** The words of a document as a reader meets them: blocks a line apart, cells by tabs, no marks. What checks look at. */
export function modelText(blocks: readonly Block[]): string {
  return blocks.map(blockText).join('\n\n');
}

/** The words of a piece of text. */
export function inlineText(content: readonly Inline[]): string {
  return content
    .map((inline) => {
      switch (inline.kind) {
        case 'text':
        case 'code':
          return inline.text;
        case 'strong':
        case 'emphasis':
        case 'link':
          return inlineText(inline.content);
        case 'break':
          return '\n';
      }
    })
    .join('');
}

function blockText(block: Block): string {
  switch (block.kind) {
    case 'heading':
    case 'paragraph':
      return inlineText(block.content);
    case 'list':
      return block.items.map(modelText).join('\n');
    case 'table':
      return [block.header, ...block.rows].map((row) => row.map(inlineText).join('\t')).join('\n');
    case 'quote':
      return modelText(block.content);
    case 'code':
      return block.text;
    case 'rule':
      return '';
  }
}
