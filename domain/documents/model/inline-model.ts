import MarkdownIt from 'markdown-it';
import type { Inline } from './document-model.ts';
import type { ValueMarks } from './value-marks.ts';

/** The part of a markdown-it token that is read here. */
export type MarkdownToken = {
  type: string;
  tag: string;
  content: string;
  children: MarkdownToken[] | null;
  attrGet(name: string): string | number | null;
};

/** Encodes addresses as CommonMark says. */
const addresses = new MarkdownIt();

/**
 * Reads the tokens of one paragraph, heading or cell, with the values that are marked in them. A line end of a value is a break, a blank
 * line two. Links elsewhere than http, https and mailto keep only their words.
 */
export function inlineModel(tokens: readonly MarkdownToken[], values: ValueMarks): Inline[] {
  const stack: Inline[][] = [[]];
  const links: string[] = [];
  const close = (wrap: (content: Inline[]) => Inline[]): void => {
    const content = stack.pop() ?? [];
    stack.at(-1)?.push(...wrap(content));
  };
  for (const token of tokens) {
    switch (token.type) {
      case 'strong_open':
      case 'em_open':
      case 's_open':
        stack.push([]);
        break;
      case 'link_open':
        links.push(String(token.attrGet('href') ?? ''));
        stack.push([]);
        break;
      case 'strong_close':
        close((content) => [{ kind: 'strong', content }]);
        break;
      case 'em_close':
        close((content) => [{ kind: 'emphasis', content }]);
        break;
      case 's_close':
        close((content) => content);
        break;
      case 'link_close': {
        const href = addresses.normalizeLink(values.fillTarget(links.pop() ?? ''));
        close((content) => (isAllowed(href) ? [{ kind: 'link', href, content }] : content));
        break;
      }
      case 'code_inline':
        stack.at(-1)?.push({ kind: 'code', text: values.fill(token.content).replaceAll('\n', ' ') });
        break;
      case 'hardbreak':
        stack.at(-1)?.push({ kind: 'break' });
        break;
      case 'softbreak':
        append(stack.at(-1), ' ');
        break;
      default:
        for (const { isValue, text } of values.parts(token.content)) {
          for (const [at, line] of (isValue ? text.split('\n') : [text]).entries()) {
            if (at > 0) stack.at(-1)?.push({ kind: 'break' });
            append(stack.at(-1), line);
          }
        }
    }
  }
  return stack[0] ?? [];
}

function append(into: Inline[] | undefined, text: string): void {
  if (!into || text === '') return;
  const last = into.at(-1);
  if (last?.kind === 'text') last.text += text;
  else into.push({ kind: 'text', text });
}

/** The paragraphs of a content: a blank line of a value ends one. */
export function paragraphsOf(content: readonly Inline[]): Inline[][] {
  const paragraphs: Inline[][] = [[]];
  for (const [at, inline] of content.entries()) {
    const isBlank = inline.kind === 'break' && content[at + 1]?.kind === 'break';
    if (isBlank) paragraphs.push([]);
    else if (inline.kind !== 'break' || content[at - 1]?.kind !== 'break') paragraphs.at(-1)?.push(inline);
  }
  return paragraphs;
}

function isAllowed(href: string): boolean {
  return /^(https?:\/\/|mailto:)/i.test(href);
}
