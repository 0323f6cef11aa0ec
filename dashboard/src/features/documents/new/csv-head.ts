import type { ColumnMapping } from '../../../../../contracts/documents/batch.schema.ts';
import { sniffSeparator } from '../../../../../domain/documents/sniff-separator.ts';

type Encoding = NonNullable<ColumnMapping['encoding']>;
/** How a file is written, as far as that is said or found; `utf-16` needs no word, the file says it by its mark. */
export type FileFormat = { encoding: Encoding | 'utf-16'; separator: string; decimal: '.' | ',' | null };

/** The beginning of a CSV file: its header, some rows, and how it is written. */
export type CsvHead = { header: string[]; rows: string[][]; format: FileFormat };

/** Enough of a file for a header and some rows, however wide. */
const headBytes = 256 * 1024;
const sampleRows = 3;
/** Rows that are looked at for how amounts are written. */
const lookedAtRows = 50;

/**
 * Reads the beginning of a file, so that columns can be chosen before it is sent; the server reads all of it by the same rules (RFC 4180). What
 * `said` says of how it is written is not looked for.
 */
export async function readCsvHead(file: File, said: Partial<FileFormat> = {}): Promise<CsvHead> {
  const bytes = new Uint8Array(await file.slice(0, headBytes).arrayBuffer());
  const encoding = said.encoding ?? encodingOf(bytes);
  const text = decoded(bytes, encoding);
  const lines = text.split(/\r\n?|\n/, 20);
  const found = sniffSeparator(lines);
  const separator = said.separator ?? found.separator;
  const body = found.declared ? text.slice((lines[0] ?? '').length).replace(/^\r?\n|^\r/, '') : text;
  const [header = [], ...rows] = parse(body, separator, lookedAtRows + 1);
  const decimal = said.decimal ?? decimalOf(rows.flat());
  return { header, rows: rows.slice(0, sampleRows), format: { encoding, separator, decimal } };
}

/** UTF-16 by its mark, UTF-8 where the bytes are that; else what spreadsheets of Western Europe write, which shows in the first rows if it is wrong. */
function encodingOf(bytes: Uint8Array): FileFormat['encoding'] {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return 'utf-16';
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return 'utf-8';
  } catch {
    return 'windows-1252';
  }
}

function decoded(bytes: Uint8Array, encoding: FileFormat['encoding']): string {
  const label = encoding === 'utf-16' ? (bytes[0] === 0xff ? 'utf-16le' : 'utf-16be') : encoding;
  return new TextDecoder(label).decode(bytes).replace(/^\uFEFF/, '');
}

/** The mark before the decimals, where some amount can be read in one way alone; null where all are plain numbers, or it cannot be said. */
function decimalOf(cells: readonly string[]): FileFormat['decimal'] {
  const amounts = cells.map((cell) => cell.trim().replaceAll(/^[\p{Sc}A-Z\s]+|[\p{Sc}A-Z\s]+$/gu, ''));
  if (amounts.some((amount) => /^-?\d{1,3}([.\s\u2019']?\d{3})*,\d{1,2}$/.test(amount))) return ',';
  return amounts.some((amount) => /^-?\d{1,3}(,\d{3})+\.\d{1,2}$/.test(amount)) ? '.' : null;
}

function parse(text: string, separator: string, limit: number): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let isQuoted = false;
  for (let at = 0; at < text.length && rows.length < limit; at += 1) {
    const mark = text.charAt(at);
    if (isQuoted) {
      if (mark !== '"') cell += mark;
      else if (text.charAt(at + 1) === '"') {
        cell += '"';
        at += 1;
      } else isQuoted = false;
    } else if (mark === '"' && cell === '') isQuoted = true;
    else if (mark === separator) {
      row.push(cell);
      cell = '';
    } else if (mark === '\n' || (mark === '\r' && text.charAt(at + 1) !== '\n')) {
      rows.push([...row, cell.replace(/\r$/, '')]);
      row = [];
      cell = '';
    } else cell += mark;
  }
  if (rows.length < limit && (cell !== '' || row.length > 0)) rows.push([...row, cell]);
  return rows;
}
