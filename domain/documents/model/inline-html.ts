import type { Inline } from './document-model.ts';
import type { Range } from './highlights.ts';

/** Makes text safe in HTML content and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** A piece of text as HTML. `marks` are ranges of its `inlineText`; one that goes over several parts is marked in each of them. */
export function inlineHtml(content: readonly Inline[], marks: readonly Range[]): string {
  let at = 0;
  const leaf = (text: string): string => {
    const from = at;
    at += text.length;
    return marked(text, from, marks);
  };
  const write = (inlines: readonly Inline[]): string =>
    inlines
      .map((inline) => {
        switch (inline.kind) {
          case 'text':
            return leaf(inline.text);
          case 'code':
            return `<code>${leaf(inline.text)}</code>`;
          case 'strong':
            return `<strong>${write(inline.content)}</strong>`;
          case 'emphasis':
            return `<em>${write(inline.content)}</em>`;
          case 'link':
            return `<a href="${escapeHtml(inline.href)}" rel="noopener noreferrer">${write(inline.content)}</a>`;
          case 'break':
            at += 1;
            return '<br>';
        }
      })
      .join('');
  return write(content);
}

/** Text that begins at `start` of the whole, with the marks that lie over it. */
function marked(text: string, start: number, marks: readonly Range[]): string {
  let html = '';
  let done = 0;
  for (const mark of marks) {
    const from = Math.max(mark.from - start, 0);
    const to = Math.min(mark.to - start, text.length);
    if (from >= to) continue;
    html += `${escapeHtml(text.slice(done, from))}<mark>${escapeHtml(text.slice(from, to))}</mark>`;
    done = to;
  }
  return html + escapeHtml(text.slice(done));
}
