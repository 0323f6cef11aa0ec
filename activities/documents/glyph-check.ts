import type { BatchRow, RowError } from '../../contracts/documents/documents.ts';
import type { BatchOptions } from '../../contracts/documents/batch.schema.ts';
import type { DocumentTemplate } from '../../contracts/documents/template.schema.ts';
import { letterOf } from '../../domain/documents/letter.ts';
import type { BatchRecord } from '../../platform/db/documents/batches.ts';
import { codesOf } from '../../platform/printable.ts';
import type { RenderPool } from '../../platform/render/render-pool.ts';

/** A row before it has its number. */
export type NewRow = Omit<BatchRow, 'ordinal'>;

/**
 * Refuses rows with a cell that the template prints and no font can set: their letters would fail at the very end, written, paid and
 * approved. Characters are tried in the process that makes letters, each once a group of rows.
 */
export function createGlyphCheck(
  renders: RenderPool,
  batch: BatchRecord,
): (rows: readonly NewRow[]) => Promise<{ kept: NewRow[]; refused: RowError[] }> {
  const printed = printedColumns(batch.template as DocumentTemplate);
  const cellsOf = ({ values }: NewRow): [string, string][] =>
    Object.entries(values).filter(([name]) => printed.has(name));
  return async (rows) => {
    if (!needsFonts(batch)) return { kept: [...rows], refused: [] };
    const kinds = new Set(rows.flatMap((row) => cellsOf(row).flatMap(([, value]) => unusualIn(value))));
    const missing = await missingOf(renders, batch, kinds);
    const kept: NewRow[] = [];
    const refused: RowError[] = [];
    for (const row of rows) {
      const [cell, kinds] = firstOf(cellsOf(row), missing) ?? [];
      if (cell === undefined || kinds === undefined) kept.push(row);
      else refused.push(refusalOf(row.line, cell, kinds));
    }
    return { kept, refused };
  };
}

/** Characters of a brand that no font of a letter has: they stand at the head and the foot of each, so none could be made. */
export async function brandWithoutGlyphs(renders: RenderPool, batch: BatchRecord): Promise<string | null> {
  if (!needsFonts(batch)) return null;
  const { brand } = batch.options as BatchOptions;
  const texts = [brand.logoText ?? brand.name, brand.footer, ...brand.addressLines];
  const missing = await missingOf(renders, batch, new Set(texts.flatMap(unusualIn)));
  if (missing.length === 0) return null;
  return `The brand holds what no font of a letter has: ${shownKinds(missing)}. Write it in another way`;
}

/** Whether files are made whose letters have to be in a font; a page of HTML is shown in the fonts of its reader. */
export function needsFonts(batch: Pick<BatchRecord, 'options'>): boolean {
  return (batch.options as BatchOptions).formats.includes('pdf');
}

async function missingOf(renders: RenderPool, batch: BatchRecord, kinds: ReadonlySet<string>): Promise<string[]> {
  const missing: string[] = [];
  for (const text of pagesOf([...kinds])) missing.push(...(await missingIn(renders, batch, text)));
  return missing;
}

/** A letter that not every font has. */
const UNUSUAL = /[^\s\u0020-\u017F]/u;
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The characters of a text that not every font has, as they are tried: each by itself, with the marks on it. */
function unusualIn(text: string): string[] {
  if (!UNUSUAL.test(text)) return [];
  return [...segmenter.segment(text)].map(({ segment }) => segment).filter((segment) => UNUSUAL.test(segment));
}

/** Characters that are tried at once: one letter is made of them, and letters have a bound. */
const PAGE_CHARACTERS = 5_000;

/** Texts of no more characters than one letter may have. */
function pagesOf(kinds: readonly string[]): string[] {
  const pages: string[] = [];
  for (let at = 0; at < kinds.length; at += PAGE_CHARACTERS)
    pages.push(kinds.slice(at, at + PAGE_CHARACTERS).join(' '));
  return pages;
}

/** The columns that the body names; one that the model alone reads may hold anything. */
function printedColumns({ body, columns }: DocumentTemplate): Set<string> {
  return new Set(Object.keys(columns).filter((name) => new RegExp(`\\b${name}\\b`).test(body)));
}

async function missingIn(renders: RenderPool, batch: BatchRecord, text: string): Promise<string[]> {
  const letter = letterOf(batch, { key: '', values: { text }, answers: null });
  const made = await renders.render({ ...letter, body: '{{ row.text }}', formats: [] });
  return made.kind === 'document' ? made.missing : [];
}

/** The first cell that holds a missing character, with all that it holds. */
function firstOf(cells: readonly [string, string][], missing: readonly string[]): [string, string[]] | null {
  for (const [name, value] of cells) {
    const kinds = missing.filter((kind) => value.includes(kind));
    if (kinds.length > 0) return [name, kinds];
  }
  return null;
}

function refusalOf(line: number, column: string, kinds: readonly string[]): RowError {
  const message = `The column ${column} holds what no font of a letter has: ${shownKinds(kinds)}. Write it in another way`;
  return { line, code: 'row.missingGlyph', message };
}

function shownKinds(kinds: readonly string[]): string {
  const shown = kinds.slice(0, 5).map((kind) => `${kind} (${codesOf(kind)})`);
  return shown.join(', ');
}
