import { expect, it } from 'vitest';
import { createPdfRenderer } from './typst-pdf.ts';

it('a character is missing where no font of the letter has it, its brand’s own among them', () => {
  const pdf = createPdfRenderer();
  const missing = (...fonts: string[]): string[] => pdf.missing('↹ ⇇', { brand: { fonts }, language: 'en' });
  expect(missing()).toEqual(['⇇']);
  expect(missing('DejaVu Sans Mono')).toEqual([]);
  expect(missing()).toEqual(['⇇']);
});
