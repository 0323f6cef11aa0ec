import type { ColumnMapping } from '../../../contracts/documents/batch.schema.ts';
import type { Problem, RowError } from '../../../contracts/documents/documents.ts';
import { physicalLines, type PhysicalLine } from './physical-lines.ts';
import { RecordScanner } from './record-scanner.ts';
import { sniffSeparator } from '../../../domain/documents/sniff-separator.ts';

/** Bounds of what is read; see `csvLimits` for the usual ones. */
export type CsvLimits = { maxCellChars: number; maxRecordBytes: number; maxRows: number };

/** Excel's own bound of a cell; 1 MB a record, as csv-parse advises; 100,000 rows is the largest batch. */
export const csvLimits: CsvLimits = { maxCellChars: 32_767, maxRecordBytes: 1_048_576, maxRows: 100_000 };

/** How a file is written, as far as its sender says so. */
export type CsvFormat = Pick<ColumnMapping, 'encoding' | 'separator'>;

/** What a file holds, in its order: the header first, then rows and the lines that could not be read. Lines count from 1. */
export type CsvItem =
  | { kind: 'header'; line: number; cells: string[]; separator: string }
  | { kind: 'row'; line: number; cells: string[] }
  | { kind: 'error'; error: RowError };

/** The file cannot be used at all: no header, no text, too many rows. */
export class CsvRefused extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.message);
    this.name = 'CsvRefused';
    this.problem = problem;
  }
}

/**
 * Streams a CSV file in bounded memory. A bad row is an `error` item and reading goes on: after an unclosed quote at the next
 * line, so one stray quote never swallows the rows behind it. Blank lines are passed over. Widths are not compared here.
 * @throws CsvRefused when the header cannot be read or there are more than `maxRows` rows
 */
export async function* readCsv(
  source: AsyncIterable<Uint8Array>,
  { encoding, separator: wanted }: CsvFormat = {},
  limits: CsvLimits = csvLimits,
): AsyncGenerator<CsvItem, void, undefined> {
  const lines = new LineQueue(physicalLines(source, limits.maxRecordBytes, encoding));
  const sniffed = sniffSeparator(await lines.peek(20));
  if (sniffed.declared) await lines.next();
  const separator = wanted ?? sniffed.separator;
  let hasHeader = false;
  let rows = 0;
  for (;;) {
    const read = await readRecord(lines, separator, limits);
    if (!read) break;
    if (!hasHeader) {
      if (read.kind === 'error') throw new CsvRefused(headerProblem(read.error));
      hasHeader = true;
      yield { ...read, kind: 'header', separator };
      continue;
    }
    if (++rows > limits.maxRows) throw new CsvRefused(tooManyRows(limits.maxRows));
    yield read;
  }
  if (!hasHeader) throw new CsvRefused(emptyFile);
}

/** How a record fails whose quotes are open at the end of a line before `upTo`. */
type DeadQuotes = { upTo: number; code: string; message: string };

const unclosedQuote = { code: 'csv.unclosedQuote', message: 'A quote is opened and never closed' };
const badQuote = {
  code: 'csv.badQuote',
  message: 'Text follows a closing quote: a quote was left open, or one inside the cell is not doubled',
};

type Read = Exclude<CsvItem, { kind: 'header' }>;

async function readRecord(lines: LineQueue, separator: string, limits: CsvLimits): Promise<Read | null> {
  const scanner = new RecordScanner(separator);
  const taken: PhysicalLine[] = [];
  let bytes = 0;
  for (;;) {
    const line = await lines.next();
    const first = taken[0] ?? line;
    if (!first) return null;
    if (!line) {
      lines.unread(taken.slice(1));
      lines.dead = { upTo: Infinity, ...unclosedQuote };
      return rowError(first.line, unclosedQuote.code, unclosedQuote.message);
    }
    if (taken.length === 0 && line.text.trim() === '' && !line.isCut) continue;
    taken.push(line);
    bytes += line.bytes;
    if (line.isCut || bytes > limits.maxRecordBytes) return skipRecord(lines, separator, taken);
    const scanned = scanner.scan(line.text);
    if (scanned.kind === 'record') return checked(taken, scanned.cells, limits);
    if (scanned.kind === 'badQuote') {
      lines.unread(taken.slice(1));
      lines.dead = { upTo: line.line, ...badQuote };
      return rowError(first.line, badQuote.code, badQuote.message, scanned.column);
    }
    if (line === first && line.line < lines.dead.upTo) return rowError(line.line, lines.dead.code, lines.dead.message);
  }
}

/** Skips a record longer than allowed: up to where its quotes close, or to a line that shows that they never do. */
async function skipRecord(lines: LineQueue, separator: string, taken: PhysicalLine[]): Promise<Read> {
  const first = taken[0]?.line ?? 0;
  const message = 'The row is longer than 1 MB, or a quote was left open';
  const scanner = new RecordScanner(separator, { keepsText: false });
  let state = 'open';
  for (const line of taken) state = scanner.scan(line.text).kind;
  // The end of a line that was cut is unknown: start afresh behind it.
  const isCut = taken.some((line) => line.isCut);
  while (state === 'open' && !isCut) {
    const line = await lines.next();
    if (!line) break;
    state = scanner.scan(line.text).kind;
    if (state === 'badQuote') lines.unread([line]);
  }
  return rowError(first, 'csv.rowTooLong', message);
}

function checked(taken: PhysicalLine[], cells: string[], limits: CsvLimits): Read {
  const line = taken[0]?.line ?? 0;
  if (taken.some((part) => part.isBroken)) {
    const column = cells.findIndex((cell) => cell.includes('\uFFFD')) + 1;
    return rowError(line, 'csv.encoding', 'The row is not valid UTF-8', column);
  }
  const long = cells.findIndex((cell) => cell.length > limits.maxCellChars);
  if (long >= 0) {
    return rowError(line, 'csv.cellTooLong', `The cell is longer than ${limits.maxCellChars} characters`, long + 1);
  }
  const control = cells.findIndex((cell) => controlCharacter.test(cell));
  if (control >= 0) {
    return rowError(line, 'csv.controlCharacter', 'The cell holds a NUL or another control character', control + 1);
  }
  return { kind: 'row', line, cells };
}

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for; tab and line feed are text
const controlCharacter = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

function rowError(line: number, code: string, message: string, column = 0): Read {
  return { kind: 'error', error: { line, ...(column > 0 ? { column } : {}), code, message } };
}

const emptyFile: Problem = {
  path: 'rows',
  code: 'csv.empty',
  message: 'The file holds no header',
  hint: 'Put the names of the columns into the first line',
};

function headerProblem(error: RowError): Problem {
  const hint =
    'Save the file as "CSV UTF-8" and keep its first line to the names of the columns; a workbook (XLSX) is no CSV';
  return { path: `rows.line[${error.line}]`, code: error.code, message: `The header: ${error.message}`, hint };
}

function tooManyRows(max: number): Problem {
  return {
    path: 'rows',
    code: 'csv.tooManyRows',
    message: `The file has more than ${max} rows`,
    hint: 'Split it into several batches',
  };
}

/** Lines with look-ahead and the way back. */
class LineQueue {
  readonly #source: AsyncGenerator<PhysicalLine>;
  /** What was given back, the next line last. */
  readonly #ahead: PhysicalLine[] = [];
  /**
   * What the last record that failed has shown of the lines behind it: the quotes of each that begins there and is open at the end of its
   * first line go the same way. So no line is read again for each of those before it.
   */
  dead: DeadQuotes = { upTo: 0, ...unclosedQuote };

  constructor(source: AsyncGenerator<PhysicalLine>) {
    this.#source = source;
  }

  async next(): Promise<PhysicalLine | null> {
    const ahead = this.#ahead.pop();
    if (ahead) return ahead;
    const next = await this.#source.next();
    return next.done ? null : next.value;
  }

  async peek(count: number): Promise<string[]> {
    const lines: PhysicalLine[] = [];
    while (lines.length < count) {
      const line = await this.next();
      if (!line) break;
      lines.push(line);
    }
    this.unread(lines);
    return lines.map((line) => line.text);
  }

  unread(lines: readonly PhysicalLine[]): void {
    for (const line of lines.toReversed()) this.#ahead.push(line);
  }
}
