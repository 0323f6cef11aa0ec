/** A piece of text inside a block. `link` goes only to http, https and mailto. */
export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'strong' | 'emphasis'; content: Inline[] }
  | { kind: 'code'; text: string }
  | { kind: 'link'; href: string; content: Inline[] }
  | { kind: 'break' };

/** How a table's column is set. */
export type CellAlign = 'left' | 'center' | 'right';

/**
 * A document between Markdown and its formats: the PDF, the HTML and the text are all made from it, so they say the same. There is
 * no block for images or raw HTML: a template cannot load or run anything.
 */
export type Block =
  | { kind: 'heading'; level: number; content: Inline[] }
  | { kind: 'paragraph'; content: Inline[] }
  | { kind: 'list'; ordered: boolean; start: number; items: Block[][] }
  | { kind: 'table'; align: CellAlign[]; header: Inline[][]; rows: Inline[][][] }
  | { kind: 'quote'; content: Block[] }
  | { kind: 'code'; text: string }
  | { kind: 'rule' };
