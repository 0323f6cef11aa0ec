import { ApplicationFailure, heartbeat } from '@temporalio/activity';
import type { ImportResult, RowError } from '../../contracts/documents/documents.ts';
import type { BatchOptions } from '../../contracts/documents/batch.schema.ts';
import type { DocumentTemplate } from '../../contracts/documents/template.schema.ts';
import type { ActionInput } from '../../contracts/core/engine.ts';
import { failureTypes } from '../../contracts/core/failures.ts';
import { planColumns } from '../../domain/documents/columns.ts';
import { createRowMapper, type MappedRow } from '../../domain/documents/rows.ts';
import { printedCurrencies } from '../../domain/documents/template/printed-values.ts';
import { CsvRefused, readCsv } from '../../platform/rows/csv/read-csv.ts';
import {
  importedOf,
  keysMadeBefore,
  linesWithoutDocument,
  rowsKeyOf,
  storeRowErrors,
  storeRows,
  type BatchRecord,
} from '../../platform/db/documents/batches.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import { inWorkspace, type Tx } from '../../platform/db/core/workspace.ts';
import type { ObjectStore } from '../../platform/objects/file-store.ts';
import type { RenderPool } from '../../platform/render/render-pool.ts';
import { brandWithoutGlyphs, createGlyphCheck, type NewRow } from './glyph-check.ts';
import { closeAction, openBatch } from './open-batch.ts';

/** What an import needs. */
export type ImportDeps = { db: Db; objects: ObjectStore; renders: RenderPool };

/** Rows written in one transaction: short enough for the change feed, long enough that it costs little a row. */
const groupRows = 500;

/**
 * Reads the batch's file into documents and refused rows, group by group. Repeatable: what is stored stays, and the rows behind it get the
 * ordinals behind it, also where another worker with other fonts or other code began. @throws InvalidDefinition when the file, its columns or the brand cannot be used at all
 */
export async function importRows(deps: ImportDeps, input: ActionInput): Promise<void> {
  const batch = await openBatch(deps.db, 'importRows', input);
  if (!batch) return;
  const fault = await brandWithoutGlyphs(deps.renders, batch);
  if (fault !== null) throw refused(fault);
  const { rowsKey, lines } = await inWorkspace(deps.db, batch.workspace_id, (tx) => sourceOf(tx, batch));
  const file = await deps.objects.open(rowsKey);
  if (!file) throw refused('The file with the rows is gone from the object store');
  const items = mappedRows(batch, file.content, lines);
  await closeAction(deps.db, 'importRows', input, await readInto(deps, batch, items));
}

/** Which of a file's lines are rows of the batch; all of them where it makes nothing again. */
type Lines = ReadonlySet<number> | null;

/** A batch that makes another one's rows again reads those of its lines that have no document; the other has ended, so they stay the same. */
async function sourceOf(tx: Tx, batch: BatchRecord): Promise<{ rowsKey: string; lines: Lines }> {
  const { workspace_id, again_of: id } = batch;
  const lines = id === null ? null : new Set(await linesWithoutDocument(tx, { workspace_id, id }));
  return { rowsKey: await rowsKeyOf(tx, batch), lines };
}

async function readInto(
  { db, renders }: ImportDeps,
  batch: BatchRecord,
  items: AsyncIterable<MappedRow>,
): Promise<ImportResult> {
  const { line: readUpTo, ...result } = await inWorkspace(db, batch.workspace_id, (tx) => importedOf(tx, batch));
  let rows: NewRow[] = [];
  let errors: RowError[] = [];
  const refuse = createGlyphCheck(renders, batch);
  const store = async (): Promise<void> => {
    heartbeat();
    const { kept, refused } = await refuse(rows);
    const stored = await inWorkspace(db, batch.workspace_id, async (tx) => {
      const { wanted, made } = await withoutMade(tx, batch, kept);
      const numbered = wanted.map((row, at) => ({ ordinal: result.rows + at + 1, ...row }));
      await storeRows(tx, batch, numbered);
      await storeRowErrors(tx, batch, [...errors, ...made, ...refused]);
      return { rows: wanted.length, rowErrors: errors.length + made.length + refused.length };
    });
    result.rows += stored.rows;
    result.rowErrors += stored.rowErrors;
    [rows, errors] = [[], []];
  };
  for await (const item of items) {
    if (item.kind === 'row' && item.row.line > readUpTo) rows.push(item.row);
    else if (item.kind === 'error' && item.error.line > readUpTo) errors.push(item.error);
    if (rows.length + errors.length >= groupRows) await store();
  }
  await store();
  return result;
}

/** Parts the rows of a batch that mends another from those that have their document already: nobody gets a second letter by sending the whole file. */
async function withoutMade(
  tx: Tx,
  batch: BatchRecord,
  rows: NewRow[],
): Promise<{ wanted: NewRow[]; made: RowError[] }> {
  const { mends } = batch.options as BatchOptions;
  if (mends === undefined || rows.length === 0) return { wanted: rows, made: [] };
  const keys = rows.map(({ key }) => key);
  const done = await keysMadeBefore(tx, batch, { mends, keys });
  const message = 'A batch that this one mends has made its document, or a person took it out there';
  return {
    wanted: rows.filter(({ key }) => !done.has(key)),
    made: rows.filter(({ key }) => done.has(key)).map(({ line }) => ({ line, code: 'row.madeBefore', message })),
  };
}

async function* mappedRows(
  batch: BatchRecord,
  content: AsyncIterable<Uint8Array>,
  lines: Lines,
): AsyncGenerator<MappedRow> {
  const { columns } = batch.options as BatchOptions;
  const template = batch.template as DocumentTemplate;
  const printed = printedCurrencies(template.body);
  let map: ReturnType<typeof createRowMapper> | null = null;
  try {
    for await (const item of readCsv(content, columns)) {
      if (item.kind === 'header') {
        const planned = planColumns(item.cells, template, columns);
        if (planned.kind === 'refused') throw refused(planned.problems.map((problem) => problem.message).join('; '));
        map = createRowMapper(planned.plan, columns.decimal, printed);
      } else if (lines !== null && (item.kind === 'error' || !lines.has(item.line))) continue;
      else if (item.kind === 'error') yield item;
      else yield map ? map(item.line, item.cells) : { kind: 'blank' };
    }
  } catch (error) {
    throw error instanceof CsvRefused ? refused(`${error.problem.message}. ${error.problem.hint}`) : error;
  }
}

function refused(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, failureTypes.invalidDefinition);
}
