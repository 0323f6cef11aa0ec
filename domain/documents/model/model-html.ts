import type { Block, Inline } from './document-model.ts';
import type { Highlights } from './highlights.ts';
import { escapeHtml, inlineHtml } from './inline-html.ts';
import { inlineText } from './model-text.ts';
import { isRightToLeft } from './text-direction.ts';

/** Title, language and colours of the page around a document. */
export type HtmlPage = { title: string; language: string; colour: string; senderName: string; footer: string };

/**
 * A document as one HTML page that needs nothing else and runs nothing: every text is escaped, there are no scripts, images or remote
 * addresses, and its own Content-Security-Policy says so. With `highlights` it is the page for a reviewer, else the one that is delivered.
 */
export function modelHtml(blocks: readonly Block[], page: HtmlPage, highlights?: Highlights): string {
  const writer = new HtmlWriter(highlights);
  return `<!doctype html>
<html lang="${escapeHtml(page.language)}"${isRightToLeft(page.language) ? ' dir="rtl"' : ''}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(page.title)}</title>
<style>${styleOf(page.colour)}${highlights ? highlightStyle : ''}</style>
</head>
<body>
<header>${escapeHtml(page.senderName)}</header>
<main>
${blocks.map((block) => writer.block(block)).join('\n')}
</main>
<footer>${escapeHtml(page.footer)}</footer>
</body>
</html>
`;
}

function styleOf(colour: string): string {
  return `body{font:16px/1.5 Georgia,serif;max-width:42rem;overflow-wrap:anywhere;margin:2rem auto;padding:0 1rem;color:#1c1c1c}
header{font-weight:700;font-size:1.25rem;color:${colour};border-bottom:2px solid ${colour};padding-bottom:.5rem}
footer{margin-top:3rem;font-size:.8rem;color:#555}h1,h2,h3{color:${colour};line-height:1.2}
table{border-collapse:collapse;width:100%}th,td{padding:.35rem .6rem;border-bottom:1px solid #ccc;text-align:start}
.right{text-align:end}.center{text-align:center}blockquote{border-inline-start:3px solid #ccc;margin-inline-start:0;padding-inline-start:1rem}`;
}

/** A quote has the colour of a fault, a clause a line in the sender's neutral grey; both differ by more than colour. */
const highlightStyle = `
mark{background:#fbe3df;color:inherit;border-bottom:2px solid #b42318}
.locked{margin-left:-14px;padding-left:12px;border-left:2px solid #c9c7bd;color:#5a5a54}`;

class HtmlWriter {
  readonly #highlights: Highlights | undefined;

  constructor(highlights: Highlights | undefined) {
    this.#highlights = highlights;
  }

  block(block: Block): string {
    switch (block.kind) {
      case 'heading':
        return `<h${block.level}>${this.#inline(block.content)}</h${block.level}>`;
      case 'paragraph':
        return `<p${this.#highlights?.isLocked(block) ? ' class="locked"' : ''}>${this.#inline(block.content)}</p>`;
      case 'list': {
        const items = block.items.map((item) => `<li>${this.#blocks(item)}</li>`).join('\n');
        return block.ordered ? `<ol start="${block.start}">\n${items}\n</ol>` : `<ul>\n${items}\n</ul>`;
      }
      case 'table':
        return this.#table(block);
      case 'quote':
        return `<blockquote>${this.#blocks(block.content)}</blockquote>`;
      case 'code':
        return `<pre><code>${this.#inline([{ kind: 'text', text: block.text }])}</code></pre>`;
      case 'rule':
        return '<hr>';
    }
  }

  #blocks(blocks: readonly Block[]): string {
    return blocks.map((block) => this.block(block)).join('\n');
  }

  #table(table: Extract<Block, { kind: 'table' }>): string {
    const row = (cells: Inline[][], tag: 'th' | 'td'): string => {
      const scope = tag === 'th' ? ' scope="col"' : '';
      const written = cells.map((cell, index) => {
        return `<${tag}${scope} class="${table.align[index] ?? 'left'}">${this.#inline(cell)}</${tag}>`;
      });
      return `<tr>${written.join('')}</tr>`;
    };
    const body = table.rows.map((cells) => row(cells, 'td')).join('\n');
    return `<table>\n<thead>${row(table.header, 'th')}</thead>\n<tbody>\n${body}\n</tbody>\n</table>`;
  }

  #inline(content: readonly Inline[]): string {
    return inlineHtml(content, this.#highlights?.marksIn(inlineText(content)) ?? []);
  }
}
