import type { BatchOptions } from '../../../contracts/documents/batch.schema.ts';
import { simplifyHeader } from '../../../domain/documents/columns.ts';
import { csvLine } from '../../../domain/documents/csv-line.ts';
import { type CsvFormat, CsvRefused, readCsv } from './read-csv.ts';

/** Why a row has no document; `key` is empty where the row could not be read. */
export type RowFault = { key: string; code: string; message: string };

/** What a line of `errors.csv` begins with; the row follows as it stands in the file. */
const columns = ['line', 'key', 'code', 'message'] as const;
/** Without it Excel takes UTF-8 for the letters of its own country. */
const byteOrderMark = '\uFEFF';

/**
 * The rows without a document as CSV in the order of their file, line by line: why, and then the whole row, to be corrected and sent again. A
 * line that cannot be read has the reason alone, and so has every one where the file is not kept any more (`content` null).
 * @param faults by the line of the row in the file
 * @param format as the batch says how its file is written
 */
export async function* errorsCsv(
  content: AsyncIterable<Uint8Array> | null,
  faults: ReadonlyMap<number, RowFault>,
  format: CsvFormat = {},
): AsyncGenerator<string> {
  const left = new Map(faults);
  const take = (line: number, cells: readonly string[] = []): string[] => {
    const fault = left.get(line);
    left.delete(line);
    return fault ? [csvLine([line, fault.key, fault.code, fault.message, ...cells])] : [];
  };
  let hasHeader = false;
  try {
    for await (const item of content ? readCsv(content, format) : []) {
      if (item.kind === 'header') {
        hasHeader = true;
        yield byteOrderMark + csvLine([...namesBeside(item.cells), ...item.cells]);
      } else if (item.kind === 'row') yield* take(item.line, item.cells);
      else yield* take(item.error.line);
      if (left.size === 0) break;
    }
  } catch (error) {
    if (!(error instanceof CsvRefused)) throw error;
  }
  if (!hasHeader) yield byteOrderMark + csvLine(columns);
  for (const line of [...left.keys()].toSorted((a, b) => a - b)) yield* take(line);
}

/** How a batch says that its file is written; nothing of it where the batch is of before. */
export function formatOf({ options }: { options: object }): CsvFormat {
  const { columns: mapping } = options as Partial<BatchOptions>;
  return mapping ?? {};
}

/** The file may have a column of such a name itself, and two of one name refuse a file. */
function namesBeside(header: readonly string[]): string[] {
  const taken = new Set(header.map(simplifyHeader));
  return columns.map((name) => (taken.has(name) ? `error ${name}` : name));
}
