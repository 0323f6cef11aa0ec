import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Block, Inline } from '../model/document-model.ts';
import { markdownModel } from '../model/markdown-model.ts';
import { modelHtml } from '../model/model-html.ts';
import { modelText } from '../model/model-text.ts';
import { TemplateEngine } from './template-engine.ts';
import { unlimited } from '../../../test/support/properties.ts';

/** A template's document with one value, in `row.x` as in `slots.x`. */
function document(body: string, x: string): Block[] {
  const engine = new TemplateEngine('en');
  const filled = engine.fill(engine.parse(body), {
    row: { x },
    slots: { x, points: ['one', x] },
    locked: {},
    brand: { name: 'Acme', footer: '', website: '', email: '', phone: '', addressLines: [] },
    batch: { name: 'b', language: 'en', date: '2026-11-24', key: 'k' },
  });
  if (filled.kind === 'skipped') throw new Error(filled.reason);
  return markdownModel(filled.markdown, filled.values);
}
const text = (value: string): Inline => ({ kind: 'text', text: value });
const br: Inline = { kind: 'break' };
const htmlOf = (body: string, x: string): string => {
  const page = { title: 'T', language: 'en', colour: '#112233', senderName: 'Acme', footer: 'f' };
  return /<main>\n([\s\S]*)\n<\/main>/.exec(modelHtml(document(body, x), page))?.[1] ?? '';
};

describe('a value of a template', () => {
  it.each([['row'], ['slots']])('with a line end stays in its cell (csv2md#33, mkdocs-table-reader#88): %s', (of) => {
    const table = `| Policy | Product | Premium |\n|---|---|--:|\n| 7 | {{ ${of}.x }} | €10 |`;
    for (const x of ['Household\nand garden', 'Household\r\n\r\nand garden', ' Household \n\n\n and garden\n'])
      expect(document(table, x)).toMatchObject([
        { rows: [[[text('7')], [text('Household'), br, text('and garden')], [text('€10')]]] },
      ]);
  });

  it.each(['\v', '\f', '\u0085', '\u2028', '\u2029'])('breaks its line at %j too', (end) => {
    expect(document('{{ row.x }}', `one${end}two`)).toEqual([
      { kind: 'paragraph', content: [text('one'), br, text('two')] },
    ]);
  });

  it('with a line end stays in its heading, item and quote', () => {
    const x = 'one\ntwo';
    expect(document('# a {{ row.x }} b', x)).toEqual([
      { kind: 'heading', level: 1, content: [text('a one'), br, text('two b')] },
    ]);
    expect(document('- {{ row.x }}\n- c', x)).toMatchObject([
      { items: [[{ content: [text('one'), br, text('two')] }], [{ content: [text('c')] }]] },
    ]);
    expect(document('> {{ row.x }}\n> c', x)).toMatchObject([
      { kind: 'quote', content: [{ content: [text('one'), br, text('two c')] }] },
    ]);
  });

  it('with a blank line is two paragraphs, inside the quote or the item that it stands in', () => {
    expect(document('{{ slots.x }}', 'one\n\ntwo').map((block) => block.kind)).toEqual(['paragraph', 'paragraph']);
    expect(document('> {{ slots.x }}', 'one\n \ntwo')).toMatchObject([
      { kind: 'quote', content: [{ kind: 'paragraph' }, { kind: 'paragraph' }] },
    ]);
    expect(document('- {{ slots.x }}\n- b', 'one\n\ntwo')).toMatchObject([{ items: [[{}, {}], [{}]] }]);
  });

  it('is printed as it is in code, and is a link where an address stands in angle brackets', () => {
    expect(htmlOf('`{{ row.x }}`', 'a-b `c` \\d\ne')).toBe('<p><code>a-b `c` \\d e</code></p>');
    expect(htmlOf('```\n{{ row.x }}\n```', 'a\n```\n# b')).toBe('<pre><code>a\n```\n# b</code></pre>');
    expect(htmlOf('<{{ row.x }}>', 'https://acme.example/?a=1&b=2')).toBe(
      '<p><a href="https://acme.example/?a=1&amp;b=2" rel="noopener noreferrer">https://acme.example/?a=1&amp;b=2</a></p>',
    );
    expect(htmlOf('<{{ row.x }}>', 'ana@acme.example')).toContain('href="mailto:ana@acme.example"');
    expect(htmlOf('<{{ row.x }}>', 'javascript:alert(1)')).toBe('<p>&lt;javascript:alert(1)&gt;</p>');
  });

  it.each([
    ['[go]({{ row.x }})', 'https://acme.example/a b?c=d&e', 'https://acme.example/a%20b?c=d&amp;e'],
    ['[go](https://acme.example/{{ row.x }}/z)', 'a b/c?d#e', 'https://acme.example/a%20b/c%3Fd%23e/z'],
    ['[go](https://acme.example/?q={{ row.x }}&r=1)', 'A&B=C/D', 'https://acme.example/?q=A%26B%3DC%2FD&amp;r=1'],
    ['[go](https://acme.example/?q={{ row.x | url_encode }})', 'A&B', 'https://acme.example/?q=A%26B'],
    ['[go](https://{{ row.x }}.acme.example/)', 'evil.example/', 'https://evil.example%2F.acme.example/'],
    ['[go](mailto:{{ row.x }})', 'ana@acme.example', 'mailto:ana@acme.example'],
  ])('is a part of the target of a link: %s', (body, x, target) => {
    expect(/href="([^"]*)"/.exec(htmlOf(body, x))?.[1]).toBe(target);
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'no address'])('is no target that runs something: %s', (x) => {
    expect(htmlOf('[go]({{ row.x }})', x)).toBe('<p>go</p>');
  });

  it('is nothing where it is empty, and a number that the template counts may number a list', () => {
    expect(document('a\n\n{{ row.x }}\n\nb', ' \n ')).toHaveLength(2);
    expect(document('{% for point in slots.points %}{{ forloop.index }}. {{ point }}\n{% endfor %}', '2. x')).toEqual([
      {
        kind: 'list',
        ordered: true,
        start: 1,
        items: [[{ kind: 'paragraph', content: [text('one')] }], [{ kind: 'paragraph', content: [text('2. x')] }]],
      },
    ]);
  });

  const structures: [string, string, string][] = [
    ['a paragraph', '{{ row.x }}', 'paragraph'],
    ['a paragraph with words', 'y {{ slots.x }} z', 'paragraph'],
    ['strong words', '**{{ row.x }}**', 'paragraph'],
    ['a heading', '## {{ row.x }}', 'heading'],
    ['a heading of two lines', '{{ row.x }}\n===', 'heading'],
    ['an item', '- {{ row.x }}\n- b', 'list'],
    ['an item of an item', '1. a\n   - {{ slots.x }}', 'list'],
    ['a quote', '> {{ row.x }}\n\n> b', 'quote'],
    ['the head of a table', '| {{ row.x }} | b |\n|---|---|\n| c | d |', 'table'],
    ['a cell', '| a | b |\n|---|---|\n| {{ row.x }} | {{ slots.x }} |\n| e | f |', 'table'],
    ['a cell without bars at the ends', 'a | b\n--- | ---\n{{ row.x }} | c', 'table'],
    ['code', '`{{ row.x }}`', 'paragraph'],
    ['a block of code', '```\n{{ row.x }}\n```', 'code'],
    ['the words of a link', '[{{ row.x }}](https://acme.example)', 'paragraph'],
  ];
  const shapeOf = (blocks: Block[]): unknown[] => blocks.flatMap((block) => shapeOfBlock(block));
  const shapeOfBlock = (block: Block): unknown => {
    if (block.kind === 'table') return [block.kind, block.header.length, block.rows.map((row) => row.length)];
    if (block.kind === 'list') return [block.kind, block.items.map((item) => [...new Set(shapeOf(item))])];
    return block.kind === 'quote' ? [block.kind, [...new Set(shapeOf(block.content))]] : block.kind;
  };
  const values = fc.string({
    unit: fc.constantFrom(...'#*_`[]()<>!|\\~-+=:.1&;"\'{}\n\r\t a\uE000\uE001'.split('')),
    maxLength: 40,
  });

  it.each(structures)(
    'never changes the structure that it stands in, and no word of it is lost: %s',
    (_, body, kind) => {
      fc.assert(
        fc.property(values, (x) => {
          fc.pre(x.trim() !== '');
          const [plain, odd] = [document(body, 'w'), document(body, x)];
          expect([...new Set(shapeOf(odd).map(String))]).toEqual([...new Set(shapeOf(plain).map(String))]);
          expect(new Set(odd.map((block) => block.kind))).toEqual(new Set(plain.map((block) => block.kind)));
          expect(odd[0]?.kind).toBe(kind);
          const squeeze = (words: string): string => words.replaceAll(/\s+/g, '');
          expect(squeeze(modelText(odd))).toBe(squeeze(modelText(plain)).replaceAll('w', () => squeeze(x)));
        }),
      );
    },
    unlimited.timeout,
  );
});
