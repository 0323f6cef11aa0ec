import MarkdownIt from 'markdown-it';
import type { Block, CellAlign } from './document-model.ts';
import { inlineModel, type MarkdownToken } from './inline-model.ts';

/** `html: false`: tags are text. No linkify and no typographer: the text says what the template says. Images become their text. */
const markdown = new MarkdownIt('default', { html: false, linkify: false, typographer: false }).disable(['image']);

/** Reads Markdown (CommonMark and tables) as blocks. It never fails: everything is some document. */
export function markdownModel(source: string): Block[] {
  return new BlockReader(markdown.parse(source, {})).blocks();
}

class BlockReader {
  readonly #tokens: MarkdownToken[];
  #at = 0;
  /** The levels, as written, of the headings that the current place is under. */
  readonly #above: number[] = [];

  constructor(tokens: MarkdownToken[]) {
    this.#tokens = tokens;
  }

  /** Blocks up to the token that closes their container, which is passed over. */
  blocks(): Block[] {
    const found: Block[] = [];
    for (;;) {
      const token = this.#tokens[this.#at];
      this.#at += 1;
      if (!token || token.type.endsWith('_close')) return found;
      const block = this.#block(token);
      if (block) found.push(block);
    }
  }

  #block(token: MarkdownToken): Block | null {
    switch (token.type) {
      case 'heading_open':
        return { kind: 'heading', level: this.#level(Number(token.tag.slice(1))), content: this.#inline() };
      case 'paragraph_open':
        return { kind: 'paragraph', content: this.#inline() };
      case 'bullet_list_open':
        return { kind: 'list', ordered: false, start: 1, items: this.#items() };
      case 'ordered_list_open':
        return { kind: 'list', ordered: true, start: Number(token.attrGet('start') ?? 1), items: this.#items() };
      case 'blockquote_open':
        return { kind: 'quote', content: this.blocks() };
      case 'table_open':
        return this.#table();
      case 'fence':
      case 'code_block':
        return { kind: 'code', text: token.content.replace(/\n$/, '') };
      case 'hr':
        return { kind: 'rule' };
      default:
        return null;
    }
  }

  /** Levels begin at 1 and never skip one, as screen readers and PDF/UA want it, whatever the author wrote. */
  #level(written: number): number {
    while ((this.#above.at(-1) ?? 0) >= written) this.#above.pop();
    return this.#above.push(written);
  }

  /** The content of a heading or paragraph, up to and over its end. */
  #inline(): ReturnType<typeof inlineModel> {
    const content = inlineModel(this.#tokens[this.#at]?.children ?? []);
    this.#at += 2;
    return content;
  }

  #items(): Block[][] {
    const items: Block[][] = [];
    while (this.#tokens[this.#at]?.type === 'list_item_open') {
      this.#at += 1;
      items.push(this.blocks());
    }
    this.#at += 1;
    return items;
  }

  #table(): Block {
    const rows: ReturnType<typeof inlineModel>[][] = [];
    const align: CellAlign[] = [];
    for (; this.#tokens[this.#at]?.type !== 'table_close'; this.#at += 1) {
      const token = this.#tokens[this.#at];
      if (!token) break;
      if (token.type === 'tr_open') rows.push([]);
      if (token.type === 'th_open') align.push(alignOf(token));
      if (token.type === 'inline') rows.at(-1)?.push(inlineModel(token.children ?? []));
    }
    this.#at += 1;
    const [header = [], ...body] = rows;
    return { kind: 'table', align, header, rows: body };
  }
}

function alignOf(token: MarkdownToken): CellAlign {
  const style = String(token.attrGet('style') ?? '');
  if (style.includes('right')) return 'right';
  return style.includes('center') ? 'center' : 'left';
}
