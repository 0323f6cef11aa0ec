import type { Block, Inline } from './document-model.ts';

/** Title, language and colours of the page around a document. */
export type HtmlPage = { title: string; language: string; colour: string; senderName: string; footer: string };

/**
 * A document as one HTML page that needs nothing else and runs nothing: every text is escaped, there are no scripts, images or remote
 * addresses, and its own Content-Security-Policy says so.
 */
export function modelHtml(blocks: readonly Block[], page: HtmlPage): string {
  return `<!doctype html>
<html lang="${escapeHtml(page.language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(page.title)}</title>
<style>${styleOf(page.colour)}</style>
</head>
<body>
<header>${escapeHtml(page.senderName)}</header>
<main>
${blocks.map(blockHtml).join('\n')}
</main>
<footer>${escapeHtml(page.footer)}</footer>
</body>
</html>
`;
}

/** Makes text safe in HTML content and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function styleOf(colour: string): string {
  return `body{font:16px/1.5 Georgia,serif;max-width:42rem;margin:2rem auto;padding:0 1rem;color:#1c1c1c}
header{font-weight:700;font-size:1.25rem;color:${colour};border-bottom:2px solid ${colour};padding-bottom:.5rem}
footer{margin-top:3rem;font-size:.8rem;color:#555}h1,h2,h3{color:${colour};line-height:1.2}
table{border-collapse:collapse;width:100%}th,td{padding:.35rem .6rem;border-bottom:1px solid #ccc;text-align:left}
.right{text-align:right}.center{text-align:center}blockquote{border-left:3px solid #ccc;margin-left:0;padding-left:1rem}`;
}

function blockHtml(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `<h${block.level}>${inlineHtml(block.content)}</h${block.level}>`;
    case 'paragraph':
      return `<p>${inlineHtml(block.content)}</p>`;
    case 'list': {
      const items = block.items.map((item) => `<li>${item.map(blockHtml).join('\n')}</li>`).join('\n');
      return block.ordered ? `<ol start="${block.start}">\n${items}\n</ol>` : `<ul>\n${items}\n</ul>`;
    }
    case 'table':
      return tableHtml(block);
    case 'quote':
      return `<blockquote>${block.content.map(blockHtml).join('\n')}</blockquote>`;
    case 'code':
      return `<pre><code>${escapeHtml(block.text)}</code></pre>`;
    case 'rule':
      return '<hr>';
  }
}

function tableHtml(table: Extract<Block, { kind: 'table' }>): string {
  const row = (cells: Inline[][], tag: 'th' | 'td'): string => {
    const scope = tag === 'th' ? ' scope="col"' : '';
    const written = cells.map((cell, index) => {
      return `<${tag}${scope} class="${table.align[index] ?? 'left'}">${inlineHtml(cell)}</${tag}>`;
    });
    return `<tr>${written.join('')}</tr>`;
  };
  const body = table.rows.map((cells) => row(cells, 'td')).join('\n');
  return `<table>\n<thead>${row(table.header, 'th')}</thead>\n<tbody>\n${body}\n</tbody>\n</table>`;
}

function inlineHtml(content: readonly Inline[]): string {
  return content
    .map((inline) => {
      switch (inline.kind) {
        case 'text':
          return escapeHtml(inline.text);
        case 'code':
          return `<code>${escapeHtml(inline.text)}</code>`;
        case 'strong':
          return `<strong>${inlineHtml(inline.content)}</strong>`;
        case 'emphasis':
          return `<em>${inlineHtml(inline.content)}</em>`;
        case 'link':
          return `<a href="${escapeHtml(inline.href)}" rel="noopener noreferrer">${inlineHtml(inline.content)}</a>`;
        case 'break':
          return '<br>';
      }
    })
    .join('');
}
