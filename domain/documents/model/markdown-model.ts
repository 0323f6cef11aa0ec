import MarkdownIt, { type StateInline } from 'markdown-it';
import type { Block, CellAlign, Inline } from './document-model.ts';
import { inlineModel, paragraphsOf, type MarkdownToken } from './inline-model.ts';
import { inlineText } from './model-text.ts';
import { ValueMarks } from './value-marks.ts';

/** `html: false`: tags are text. No linkify and no typographer: the text says what the template says. Images become their text. */
const markdown = new MarkdownIt('default', { html: false, linkify: false, typographer: false }).disable(['image']);

// Targets have marks of values in them: they are encoded once those are filled in.
markdown.normalizeLink = (target) => target;
markdown.normalizeLinkText = (target) => target;
markdown.inline.ruler.before('autolink', 'value_autolink', valueAutolink);

/** Reads Markdown (CommonMark and tables) with marked values as blocks. It never fails: everything is some document. */
export function markdownModel(source: string, values: ValueMarks = new ValueMarks()): Block[] {
  return new BlockReader(markdown.parse(source, { values }), values).blocks();
}

/** `<{{ row.website }}>` and `<{{ row.email }}>` are links where the value is an address. */
function valueAutolink(state: StateInline, silent: boolean): boolean {
  const [written, mark = ''] = /^<(\uE000\d+\uE001)>/.exec(state.src.slice(state.pos, state.pos + 32)) ?? [];
  if (written === undefined) return false;
  const value = (state.env as { values: ValueMarks }).values.fill(mark);
  const isEmail = /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/.test(value);
  if (!isEmail && !/^https?:\/\/\S+$/i.test(value)) return false;
  if (!silent) {
    state.push('link_open', 'a', 1).attrs = [['href', isEmail ? `mailto:${mark}` : mark]];
    state.push('text', '', 0).content = mark;
    state.push('link_close', 'a', -1);
  }
  state.pos += written.length;
  return true;
}

class BlockReader {
  readonly #tokens: MarkdownToken[];
  #at = 0;
  /** The levels, as written, of the headings that the current place is under. */
  readonly #above: number[] = [];

  readonly #values: ValueMarks;

  constructor(tokens: MarkdownToken[], values: ValueMarks) {
    this.#tokens = tokens;
    this.#values = values;
  }

  /** Blocks up to the token that closes their container, which is passed over. */
  blocks(): Block[] {
    const found: Block[] = [];
    for (;;) {
      const token = this.#tokens[this.#at];
      this.#at += 1;
      if (!token || token.type.endsWith('_close')) return found;
      if (token.type === 'paragraph_open') found.push(...this.#paragraphs());
      const block = this.#block(token);
      if (block) found.push(block);
    }
  }

  #block(token: MarkdownToken): Block | null {
    switch (token.type) {
      case 'heading_open':
        return this.#heading(Number(token.tag.slice(1)));
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
        return { kind: 'code', text: this.#values.fill(token.content).replace(/\n$/, '') };
      case 'hr':
        return { kind: 'rule' };
      default:
        return null;
    }
  }

  /** Nothing where its values leave it without a word: PDF/UA has no such heading, and a screen reader would announce one. */
  #heading(written: number): Block | null {
    const content = this.#line();
    if (!/[^\s\p{Cf}]/u.test(inlineText(content))) return null;
    return { kind: 'heading', level: this.#level(written), content };
  }

  /** Levels begin at 1 and never skip one, as screen readers and PDF/UA want it, whatever the author wrote. */
  #level(written: number): number {
    while ((this.#above.at(-1) ?? 0) >= written) this.#above.pop();
    return this.#above.push(written);
  }

  /** The paragraphs that one became by its values, up to and over its end. */
  #paragraphs(): Block[] {
    const content = this.#inline(this.#tokens[this.#at]);
    this.#at += 2;
    return paragraphsOf(content).map((paragraph) => ({ kind: 'paragraph', content: paragraph }));
  }

  /** The content of a heading, up to and over its end. */
  #line(): Inline[] {
    const content = this.#inline(this.#tokens[this.#at]);
    this.#at += 2;
    return withoutBlankLines(content);
  }

  #inline(token: MarkdownToken | undefined): Inline[] {
    return inlineModel(token?.children ?? [], this.#values);
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
    const rows: Inline[][][] = [];
    const align: CellAlign[] = [];
    for (; this.#tokens[this.#at]?.type !== 'table_close'; this.#at += 1) {
      const token = this.#tokens[this.#at];
      if (!token) break;
      if (token.type === 'tr_open') rows.push([]);
      if (token.type === 'th_open') align.push(alignOf(token));
      if (token.type === 'inline') rows.at(-1)?.push(withoutBlankLines(this.#inline(token)));
    }
    this.#at += 1;
    const [header = [], ...body] = rows;
    return { kind: 'table', align, header, rows: body };
  }
}

/** Headings and cells have no paragraphs: a blank line of a value is one break. */
function withoutBlankLines(content: readonly Inline[]): Inline[] {
  return content.filter((inline, at) => inline.kind !== 'break' || content[at - 1]?.kind !== 'break');
}

function alignOf(token: MarkdownToken): CellAlign {
  const style = String(token.attrGet('style') ?? '');
  if (style.includes('right')) return 'right';
  return style.includes('center') ? 'center' : 'left';
}
