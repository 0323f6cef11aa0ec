import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler';
import { expect, it } from 'vitest';
import { letterLayout } from './letter-layout.ts';
import { createPdfRenderer, layoutData } from './typst-pdf.ts';

it('a space that no font of a letter has is missing before it is set', () => {
  const missing = (text: string) => createPdfRenderer().missing(text, { brand: { fonts: [] }, language: 'en' });
  expect(missing('a\u1680b')).toEqual(['\u1680']);
  expect(missing('a\tb c\nd\u2009e')).toEqual([]);
});

it('a character is missing where no font of the letter has it, its brand’s own among them', () => {
  const pdf = createPdfRenderer();
  const missing = (...fonts: string[]): string[] => pdf.missing('↹ ⇇', { brand: { fonts }, language: 'en' });
  expect(missing()).toEqual(['⇇']);
  expect(missing('DejaVu Sans Mono')).toEqual([]);
  expect(missing()).toEqual(['⇇']);
});

it.each([
  ['en', 'ltr'],
  ['ar', 'rtl'],
  ['he-IL', 'rtl'],
  ['ckb', 'rtl'],
  ['pa', 'ltr'],
  ['pa-PK', 'rtl'],
])(
  'a letter in %s is written %s, and its cells begin where its lines do (tablex#58, dart_pdf#1526)',
  (language, direction) => {
    const brand = {
      name: 'Acme',
      colour: '#112233',
      accent: '#112233',
      fonts: [],
      addressLines: [],
      footer: '',
      voice: '',
    };
    const data = JSON.stringify(layoutData({ title: 'T', language, brand, blocks: [] }));
    const grids = '#show grid: it => [#metadata(repr(it.align)) <grid>] + it';
    const cells = '#context [#metadata((text.dir, columnAlign("left"), columnAlign("right")).map(repr)) <cells>]';
    const mainFileContent = `${grids}\n${letterLayout}\n${cells}`;
    const compiler = NodeCompiler.create({ workspace: '/' });
    const all = (selector: string): unknown =>
      compiler.query({ mainFileContent, inputs: { data } }, { selector, field: 'value' });
    expect(all('<cells>')).toEqual([[direction, 'start', 'end']]);
    expect(all('<grid>')).toEqual(['(start + horizon, end + horizon)', '(start + top, end + top)']);
  },
);
