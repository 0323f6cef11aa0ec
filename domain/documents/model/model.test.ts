import fc from 'fast-check';
import sanitizeHtml from 'sanitize-html';
import { describe, expect, it } from 'vitest';
import type { Block } from './document-model.ts';
import { highlightsOf } from './highlights.ts';
import { markdownModel } from './markdown-model.ts';
import { modelHtml } from './model-html.ts';
import { modelText } from './model-text.ts';
import { unlimited } from '../../../test/support/properties.ts';

const page = { title: 'T', language: 'en', colour: '#112233', senderName: 'Acme', footer: 'f' };
const mainOf = (blocks: Block[]): string => /<main>\n([\s\S]*)\n<\/main>/.exec(modelHtml(blocks, page))?.[1] ?? '';

const everything = `# Title *em*

A **bold** [link](https://example.com/?a=1&b=2) and \`code\`
next line\\
broken

- one
- two
  1. deep

> quoted

| a | b |
|---|--:|
| 1 | **2** |

---

    let x
`;

describe('a document from Markdown', () => {
  it('knows every block', () => {
    expect(markdownModel(everything).map((block) => block.kind)).toEqual([
      'heading',
      'paragraph',
      'list',
      'quote',
      'table',
      'rule',
      'code',
    ]);
    expect(markdownModel('| a | b |\n|---|--:|\n| 1 | **2** |')).toEqual([
      {
        kind: 'table',
        align: ['left', 'right'],
        header: [[{ kind: 'text', text: 'a' }], [{ kind: 'text', text: 'b' }]],
        rows: [[[{ kind: 'text', text: '1' }], [{ kind: 'strong', content: [{ kind: 'text', text: '2' }] }]]],
      },
    ]);
    expect(markdownModel('7. a\n8. b')).toMatchObject([{ kind: 'list', ordered: true, start: 7, items: [[{}], [{}]] }]);
  });

  it('has no heading without a word, which no PDF/UA takes, and counts none (typst#7160)', () => {
    for (const source of ['#', '# \n\n# ', '## **&nbsp;**', '# &#8203;']) expect(markdownModel(source)).toEqual([]);
    expect(markdownModel('#\n\n## a')).toMatchObject([{ kind: 'heading', level: 1 }]);
  });

  it('never skips a level of heading', () => {
    const levels = (source: string): unknown[] =>
      markdownModel(source).map((block) => (block as { level: number }).level);
    expect(levels('## a\n\n#### b\n\n#### c\n\n### d\n\n# e\n\n###### f')).toEqual([1, 2, 2, 2, 1, 2]);
  });

  it('reads as text', () => {
    expect(modelText(markdownModel(everything))).toBe(
      'Title em\n\nA bold link and code next line\nbroken\n\none\ntwo\n\ndeep\n\nquoted\n\na\tb\n1\t2\n\n\n\nlet x',
    );
  });

  it('has no HTML, no images and no links that run something', () => {
    const hostile = '<script>alert(1)</script> ![x](https://evil/p.png) [a](javascript:alert(1)) [b](data:text/html,x)';
    const html = mainOf(markdownModel(hostile));
    expect(html).not.toMatch(/<script|<img|javascript:alert\(1\)"|href="data/);
    expect(html).toContain('&lt;script&gt;');
  });

  it('is HTML that a sanitizer leaves as it is, whatever the Markdown', unlimited, () => {
    const source = fc.array(
      fc.constantFrom(
        '<img src=x onerror=a>',
        '[x](javascript:a)',
        '[y](https://e.com/"onclick=)',
        '**b**',
        '> q',
        '\n\n',
        '- i',
        '|a|b|\n|-|-|\n|1|2|\n',
        '"\'&<>',
        '`c`',
        '# h',
        ' ',
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(source, (parts) => {
        const html = mainOf(markdownModel(parts.join('')));
        const clean = sanitizeHtml(html, {
          allowedTags:
            'h1 h2 h3 h4 h5 h6 p ul ol li table thead tbody tr th td blockquote pre code strong em a br hr'.split(' '),
          allowedAttributes: { a: ['href', 'rel'], ol: ['start'], th: ['scope', 'class'], td: ['class'] },
          allowedSchemes: ['http', 'https', 'mailto'],
        });
        const plain = (text: string): string =>
          text
            .replaceAll('<br />', '<br>')
            .replaceAll('<hr />', '<hr>')
            .replaceAll('&quot;', '"')
            .replaceAll('&#39;', "'");
        expect(plain(clean)).toBe(plain(html));
      }),
    );
  });
});

describe('a document for review', () => {
  const shown = (source: string, quotes: string[], locked: string[] = []): string =>
    /<main>\n([\s\S]*)\n<\/main>/.exec(modelHtml(markdownModel(source), page, highlightsOf({ quotes, locked })))?.[1] ??
    '';

  it('has quotes marked as whole words, in every part that they go over', () => {
    expect(shown('50 of 1,250, 50.20 or 50', ['50'])).toBe('<p><mark>50</mark> of 1,250, 50.20 or <mark>50</mark></p>');
    expect(shown('by **3 May** 2027\\\nat last', ['May 2027 at'])).toBe(
      '<p>by <strong>3 <mark>May</mark></strong><mark> 2027</mark><br><mark>at</mark> last</p>',
    );
    expect(shown('a[NAME]b <i>', ['[NAME]', '<i>', '.*', ' '])).toBe(
      '<p>a<mark>[NAME]</mark>b <mark>&lt;i&gt;</mark></p>',
    );
    expect(shown('| 12 |\n|---|\n| 12 |\n\n    12', ['12']).match(/<mark>12<\/mark>/g)).toHaveLength(3);
  });

  it('has the paragraphs of locked clauses tinted, and says the same words as the one that is delivered', () => {
    const html = shown('x\n\nMay *not* be **changed**.\n\n> Two.', [], ['May not be changed.', 'One.\n\nTwo.']);
    expect(html).toContain('<p>x</p>\n<p class="locked">May <em>not</em>');
    expect(html).toContain('<blockquote><p class="locked">Two.</p>');
    expect(shown(everything, [])).toBe(mainOf(markdownModel(everything)));
  });
});
