import { describe, expect, it } from 'vitest';
import type { BatchRecord } from '../../platform/db/documents/batches.ts';
import type { RenderPool } from '../../platform/render/render-pool.ts';
import { brandWithoutGlyphs, createGlyphCheck } from './glyph-check.ts';

const brand = { name: 'Acme', footer: '', addressLines: [] };
const options = { brand, language: 'en', formats: ['pdf'] };
const template = {
  name: 'T',
  body: '{{ row.name }} {{ row.city }}',
  columns: { name: {}, city: {}, note: {} },
  locked: {},
};
const batch = { name: 'b', options, template, created_at: new Date(0) } as unknown as BatchRecord;

/** A check by fonts that have all but hieroglyphs; counts how often they are asked. */
function checkWith(over: object = {}): {
  check: ReturnType<typeof createGlyphCheck>;
  brandFault: Promise<string | null>;
  asked: string[];
} {
  const asked: string[] = [];
  const renders = {
    render({ scope }: { scope: { row: { text: string } } }) {
      asked.push(scope.row.text);
      return Promise.resolve({ kind: 'document', missing: scope.row.text.match(/[\u{13000}-\u{1342F}]/gu) ?? [] });
    },
  };
  const parts = [renders as unknown as RenderPool, { ...batch, options: { ...options, ...over } }] as const;
  return { check: createGlyphCheck(...parts), brandFault: brandWithoutGlyphs(...parts), asked };
}
const row = (line: number, values: Record<string, string>) => ({ line, key: `k${line}`, email: null, values });

describe('the rows of a file', () => {
  it('are refused where no font has what the template prints, with column and characters (sismics/docs#195)', async () => {
    const { check, asked } = checkWith();
    const good = row(2, { name: '王小明', city: 'Zürich', note: '\u{13000}' });
    const { kept, refused } = await check([good, row(3, { name: 'Ana', city: 'Rome \u{13000}\u{13001}', note: '' })]);
    expect(kept).toEqual([good]);
    expect(refused).toEqual([
      { line: 3, code: 'row.missingGlyph', message: expect.stringMatching(/city.*U\+13000.*U\+13001/) },
    ]);
    expect(asked).toHaveLength(1);
    expect(asked[0]).not.toContain('Zürich');
  });

  it('are tried by their characters: a whole file in another script is longer than a letter may be', async () => {
    const { check, asked } = checkWith();
    const words = (at: number) => Array.from({ length: 40 }, (_, each) => `Слово${at}и${each}`).join(' ');
    const rows = Array.from({ length: 500 }, (_, at) => row(at + 2, { name: 'Анна', city: words(at), note: '' }));
    expect((await check(rows)).kept).toHaveLength(500);
    expect(asked.join('').length).toBeLessThan(100);
  });

  it('are taken whatever they hold where only pages of HTML are made', async () => {
    const { check, brandFault } = checkWith({ formats: ['html'], brand: { ...brand, footer: '\u{13000}' } });
    expect((await check([row(2, { name: '\u{13000}', city: '', note: '' })])).refused).toEqual([]);
    expect(await brandFault).toBeNull();
  });

  it('are not begun where the brand itself could not be set', async () => {
    expect(await checkWith().brandFault).toBeNull();
    expect(await checkWith({ brand: { ...brand, footer: 'Reg. \u{13000}' } }).brandFault).toMatch(/brand.*U\+13000/);
  });

  it('cost nothing where they hold common letters alone', async () => {
    const { check, asked } = checkWith();
    expect(await check([row(2, { name: 'Žofie Müller', city: '', note: '' })])).toMatchObject({ refused: [] });
    expect(asked).toEqual([]);
  });
});
