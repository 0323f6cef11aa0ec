/** The beginning of a CSV file: its header, some rows, and what its cells are kept apart with. */
export type CsvHead = { header: string[]; rows: string[][]; delimiter: ',' | ';' | '\t' };

/** Enough of a file for a header and some rows, however wide. */
const headBytes = 256 * 1024;
const sampleRows = 3;

/** Reads the beginning of a file, so that columns can be chosen before it is sent; the server reads all of it by the same rules (RFC 4180). */
export async function readCsvHead(file: File): Promise<CsvHead> {
  const text = (await file.slice(0, headBytes).text()).replace(/^\uFEFF/, '');
  const delimiter = guessDelimiter(text);
  const [header = [], ...rows] = parse(text, delimiter, sampleRows + 1);
  return { header, rows, delimiter };
}

function guessDelimiter(text: string): CsvHead['delimiter'] {
  const line = text.split(/\r?\n/, 1)[0] ?? '';
  const counts = ([',', ';', '\t'] as const).map((mark) => ({ mark, count: line.split(mark).length }));
  return counts.toSorted((a, b) => b.count - a.count)[0]?.mark ?? ',';
}

function parse(text: string, delimiter: string, limit: number): string[][] {
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
    else if (mark === delimiter) {
      row.push(cell);
      cell = '';
    } else if (mark === '\n') {
      rows.push([...row, cell.replace(/\r$/, '')]);
      row = [];
      cell = '';
    } else cell += mark;
  }
  if (rows.length < limit && (cell !== '' || row.length > 0)) rows.push([...row, cell]);
  return rows;
}
