import type { BatchOptions } from '../../../contracts/documents/batch.schema.ts';
import type { DocumentTemplate } from '../../../contracts/documents/template.schema.ts';
import { type ColumnPlan, planColumns } from '../../../domain/documents/columns.ts';
import { addressesOf, type ErasedPerson, namesAny, type OwnedRow, ownerOf } from '../../../domain/documents/erased.ts';
import { cellAt, keyAt } from '../../../domain/documents/rows.ts';
import { physicalLines } from './physical-lines.ts';
import { type CsvFormat, type CsvItem, csvLimits, CsvRefused, readCsv } from './read-csv.ts';

/** The lines that one record of a file takes up, `to` not among them; `blank` is what stands in their place. */
export type ErasedLines = { from: number; to: number; blank: string };

/** A file of rows, opened anew for each reading, and how its batch reads it. */
export type RowsFile = {
  open(): Promise<AsyncIterable<Uint8Array>>;
  template: DocumentTemplate;
  columns: BatchOptions['columns'];
};

/** What a file has of a person: their own records, and those that name them where there is no column of addresses. */
export type PersonsRows = { own: ErasedLines[]; named: ErasedLines[] };

/**
 * The records of a person in a file, also those that became no document; one that cannot be read is theirs where a line of it has their address.
 * A file that does not name them is read once.
 */
export async function rowsOfPerson(file: RowsFile, person: ErasedPerson): Promise<PersonsRows> {
  const addresses = addressesOf(person);
  const { isNamed, lines } = await mentionsIn(file, person, addresses);
  const found: PersonsRows = { own: [], named: [] };
  if (!isNamed) return found;
  // Both in the order of the file: no line is looked at twice, however many there are.
  let seen = 0;
  const isUnread = (from: number, to: number): boolean => {
    while ((lines[seen] ?? Infinity) < from) seen += 1;
    return (lines[seen] ?? Infinity) < to;
  };
  let plan: ColumnPlan | null = null;
  let blank = '';
  let last: Exclude<CsvItem, { kind: 'header' }> | null = null;
  const end = (to: number): void => {
    if (!last) return;
    const from = lineOf(last);
    const owner = last.kind === 'row' ? ownerOf(rowOf(plan, last.cells), person) : isUnread(from, to) ? 'person' : null;
    if (owner === 'person') found.own.push({ from, to, blank });
    if (owner === 'named') found.named.push({ from, to, blank });
  };
  try {
    for await (const item of readCsv(await file.open(), file.columns, { ...csvLimits, maxRows: Infinity })) {
      if (item.kind === 'header') {
        const planned = planColumns(item.cells, file.template, file.columns);
        plan = planned.kind === 'plan' ? planned.plan : null;
        blank = item.separator.repeat(item.cells.length - 1);
        continue;
      }
      end(lineOf(item));
      last = item;
    }
    end(Infinity);
    return found;
  } catch (error) {
    if (!(error instanceof CsvRefused)) throw error;
    return { own: lines.map((line) => ({ from: line, to: line + 1, blank: '' })), named: [] };
  }
}

/**
 * A file without some of its records, in UTF-8. Each line keeps its number, as documents point to theirs by it: in the place of a record stands an
 * empty one, of as many cells, so that the separator is found as before.
 */
export async function* withoutRows(
  content: AsyncIterable<Uint8Array>,
  { encoding }: CsvFormat,
  erased: readonly ErasedLines[],
): AsyncGenerator<Buffer> {
  yield Buffer.from('\uFEFF');
  let at = 0;
  for await (const { line, raw } of physicalLines(content, csvLimits.maxRecordBytes, encoding)) {
    while ((erased[at]?.to ?? Infinity) <= line) at += 1;
    const next = erased[at];
    const gone = next && next.from <= line ? next : undefined;
    const kept = gone ? Buffer.from(gone.from === line ? gone.blank : '') : withoutLineFeeds(raw);
    yield Buffer.concat([kept, Buffer.from('\n')]);
  }
}

/** In a file whose lines end otherwise a line feed is a letter of a line, and would become an end of one. */
function withoutLineFeeds(raw: Buffer): Buffer {
  return raw.includes('\n') ? Buffer.from(raw.toString('latin1').replaceAll('\n', ' '), 'latin1') : raw;
}

async function mentionsIn(
  { open, columns }: RowsFile,
  { externalId }: ErasedPerson,
  addresses: readonly string[],
): Promise<{ isNamed: boolean; lines: number[] }> {
  const lines: number[] = [];
  let isNamed = false;
  for await (const { line, text } of physicalLines(await open(), csvLimits.maxRecordBytes, columns.encoding)) {
    const hasAddress = namesAny(text, addresses);
    if (hasAddress) lines.push(line);
    isNamed ||= hasAddress || text.includes(externalId);
  }
  return { isNamed, lines };
}

function lineOf(item: Exclude<CsvItem, { kind: 'header' }>): number {
  return item.kind === 'error' ? item.error.line : item.line;
}

/** A record as its owner is looked for: by all of its cells, also those that no document shows. */
function rowOf(plan: ColumnPlan | null, values: readonly string[]): OwnedRow {
  return {
    key: plan ? keyAt(values, plan.key.index) : '',
    email: plan?.email ? cellAt(values, plan.email.index) : null,
    values,
  };
}
