import type { Inline } from './document-model.ts';

/** The part of a markdown-it token that is read here. */
export type MarkdownToken = {
  type: string;
  tag: string;
  content: string;
  children: MarkdownToken[] | null;
  attrGet(name: string): string | number | null;
};

/** Reads the tokens of one paragraph, heading or cell. Links elsewhere than http, https and mailto keep only their words. */
export function inlineModel(tokens: readonly MarkdownToken[]): Inline[] {
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
        const href = links.pop() ?? '';
        close((content) => (isAllowed(href) ? [{ kind: 'link', href, content }] : content));
        break;
      }
      case 'code_inline':
        stack.at(-1)?.push({ kind: 'code', text: token.content });
        break;
      case 'hardbreak':
        stack.at(-1)?.push({ kind: 'break' });
        break;
      case 'softbreak':
        append(stack.at(-1), ' ');
        break;
      default:
        append(stack.at(-1), token.content);
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

function isAllowed(href: string): boolean {
  return /^(https?:\/\/|mailto:)/i.test(href);
}
