import { expect, it } from 'vitest';
import { createPdfRenderer } from './typst-pdf.ts';

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
