import { Readable } from 'node:stream';
import type { BatchOptions } from '../../contracts/documents/batch.schema.ts';
import type { BatchStage } from '../../contracts/documents/documents.ts';
import type { DocumentTemplate } from '../../contracts/documents/template.schema.ts';
import { filesOf } from '../../domain/documents/manifest.ts';
import { decidesDocuments } from '../../domain/documents/stages/stages.ts';
import {
  endErasure,
  nextFamilies,
  noteWriting,
  objectsToDelete,
  type OpenErasure,
  openErasures,
  passFamily,
  strayObjects,
} from '../../platform/db/contacts/erasures.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import { inWorkspace, type Tx } from '../../platform/db/core/workspace.ts';
import { countDocuments } from '../../platform/db/documents/batch-figures.ts';
import { type BatchRecord, familyOf } from '../../platform/db/documents/batches.ts';
import type { DocumentRow } from '../../platform/db/documents/documents.ts';
import {
  archiveFile,
  batchesEmptiedBy,
  emptyDocuments,
  type FoundDocuments,
  findDocuments,
  lockFamily,
  replaceFile,
  rowsFile,
} from '../../platform/db/documents/erase-documents.ts';
import { sendToRun } from '../../platform/db/runs/runs.ts';
import { newId } from '../../platform/ids.ts';
import type { ObjectStore } from '../../platform/objects/file-store.ts';
import { type ErasedLines, type PersonsRows, rowsOfPerson, withoutRows } from '../../platform/rows/csv/erase-rows.ts';
import { packArchive } from './deliver-batch.ts';
import { storedFile } from './render-chunk.ts';

/** What erasing in batches needs; `db` is the system role's. */
export type ErasureDeps = { db: Db; objects: ObjectStore };

/** Erasures of one pass, and families of one erasure in it. */
const most = { erasures: 200, families: 20 };
/** Documents emptied in one transaction. */
const atOnce = 500;
/** Stages in which an attempt may hold the file of rows as it was, or a row that it makes a file of. */
const readsRows: readonly BatchStage[] = ['import', 'deliver'];
const makesFiles: readonly BatchStage[] = ['import', 'render', 'deliver'];

/**
 * One pass over the erasures that are not over. A family of batches that is at work is come back to until it is not; one whose files cannot be had
 * holds up no other. @returns how much it did @throws the first error, after all else
 */
export async function eraseInBatches(deps: ErasureDeps): Promise<number> {
  const faults: unknown[] = [];
  let done = 0;
  for (const erasure of await openErasures(deps.db, most.erasures)) {
    const next = await nextFamilies(deps.db, erasure, most.families);
    let isOver = next.length === 0;
    for (const root of next.length > 0 ? next : erasure.pending) {
      const seen = await eraseInFamily(deps, erasure, root).catch((error: unknown) => {
        faults.push(error);
        return { isOver: false, others: 0 };
      });
      await passFamily(deps.db, erasure, { root, ...seen });
      isOver &&= seen.isOver;
    }
    done += next.length;
    if (isOver)
      done += await end(deps, erasure).catch((error: unknown) => {
        faults.push(error);
        return 0;
      });
  }
  if (faults.length > 0) throw faults[0];
  return done;
}

async function end({ db, objects }: ErasureDeps, erasure: OpenErasure): Promise<number> {
  for (const key of [...(await objectsToDelete(db, erasure)), ...(await strayObjects(db, erasure))])
    await objects.delete(key);
  return Number(await endErasure(db, erasure));
}

type Seen = { isOver: boolean; others: number };

async function eraseInFamily({ db, objects }: ErasureDeps, erasure: OpenErasure, root: string): Promise<Seen> {
  const family: Family = {
    db,
    objects,
    erasure,
    within: (work) => inWorkspace(db, erasure.workspace_id, work),
    lock: async (tx) => lockFamily(tx, erasure, await familyOf(tx, { workspace_id: erasure.workspace_id, id: root })),
  };
  const before = await family.within(family.lock);
  const [first] = before;
  if (!first) return { isOver: true, others: 0 };
  // It has been emptied before: there is nothing to do until it is done.
  if (erasure.pending.includes(root) && areIn(makesFiles, before)) return { isOver: false, others: 0 };
  // At once, whether or not the store can be had.
  await empty(family, before, { ids: (await find(family, before, [])).ids, lines: [] });
  const rows = await rowsIn(objects, first, erasure);
  const found = await find(family, before, rows.own);
  // Named in one row alone the person is whom it is about; in several they are an adviser, say.
  const isAbout = new Set([...rows.named.map(({ from }) => from), ...found.named.map(({ line }) => line)]).size === 1;
  const erased = isAbout ? [...rows.own, ...rows.named].toSorted((a, b) => a.from - b.from) : rows.own;
  const ids = isAbout ? [...found.ids, ...found.named.map(({ id }) => id)] : found.ids;
  await empty(family, before, { ids, lines: erased.map(({ from }) => from) });
  const others = found.others + (isAbout ? 0 : found.named.length);
  const after = await family.within(async (tx) => {
    const batches = await family.lock(tx);
    const emptied = await batchesEmptiedBy(tx, erasure, batches);
    for (const batch of batches) if (emptied.has(batch.id)) await endReview(tx, batch);
    return batches;
  });
  let isOver = !areIn(['import'], before) && !areIn(makesFiles, after);
  if (erased.length > 0) isOver = !areIn(readsRows, after) && (await replaceRows(family, first, erased)) && isOver;
  for (const key of await objectsToDelete(db, erasure)) await objects.delete(key);
  // What was packed meanwhile counts as well.
  const packed = await family.within(async (tx) => {
    const batches = await family.lock(tx);
    const emptied = await batchesEmptiedBy(tx, erasure, batches);
    return batches.filter(({ id }) => emptied.has(id));
  });
  for (const batch of packed) isOver = (await replaceArchive(family, batch)) && isOver;
  return { isOver, others };
}

/** The batches of one file of rows, as one erasure goes through them. */
type Family = ErasureDeps & {
  erasure: OpenErasure;
  within<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** The first one first, locked until the end of the transaction. */
  lock(tx: Tx): Promise<BatchRecord[]>;
};

/** What the documents of all these batches have of the person, whose records in the file of rows are `own`. */
async function find(family: Family, batches: BatchRecord[], own: ErasedLines[]): Promise<FoundDocuments> {
  const lines = new Set(own.map(({ from }) => from));
  const all: FoundDocuments = { ids: [], others: 0, named: [] };
  for (const batch of batches) {
    const found = await findDocuments(family.within, family.erasure, { batch, lines });
    all.ids.push(...found.ids);
    all.named.push(...found.named);
    all.others += found.others;
  }
  return all;
}

/** Empties documents and the refused rows at these lines, some in each transaction. */
async function empty(
  { within, erasure }: Family,
  batches: BatchRecord[],
  { ids, lines }: { ids: string[]; lines: number[] },
): Promise<void> {
  for (let from = 0; from < Math.max(ids.length, lines.length); from += atOnce) {
    const group = { documents: ids.slice(from, from + atOnce), lines: lines.slice(from, from + atOnce) };
    await within((tx) => emptyDocuments(tx, erasure, { batches, ...group, filesOf: keysOf }));
  }
}

function areIn(stages: readonly BatchStage[], batches: readonly BatchRecord[]): boolean {
  return batches.some(({ stage, ended_at: endedAt }) => endedAt === null && stages.includes(stage as BatchStage));
}

/** The person's lines in the file of rows; none where it is not kept any more. */
async function rowsIn(objects: ObjectStore, batch: BatchRecord, { person }: OpenErasure): Promise<PersonsRows> {
  const found = await objects.open(batch.rows_key);
  found?.content.destroy();
  if (!found) return { own: [], named: [] };
  const open = (): Promise<Readable> => reading(objects, batch.rows_key);
  const { columns } = batch.options as BatchOptions;
  return rowsOfPerson({ open, template: batch.template as DocumentTemplate, columns }, person);
}

async function reading(objects: ObjectStore, key: string): Promise<Readable> {
  const found = await objects.open(key);
  if (!found) throw new Error(`${key} is gone from the object store`);
  return found.content;
}

/** The files that a document has, and those that an attempt may be making of it. */
function keysOf(batch: BatchRecord, document: DocumentRow): string[] {
  const { formats } = batch.options as BatchOptions;
  return [
    ...filesOf(document).map(({ key }) => key),
    ...formats.map((format) => storedFile(batch, document, format).key),
  ];
}

/** Where the last document without a decision is gone, the review is over. */
async function endReview(tx: Tx, batch: BatchRecord): Promise<void> {
  const { workspace_id: workspaceId, id, run_id: runId, ended_at: endedAt } = batch;
  if (endedAt !== null || !decidesDocuments(batch.stage as BatchStage)) return;
  const { undecided } = (await countDocuments(tx, workspaceId, [id]))(id);
  if (undecided > 0) return;
  await sendToRun(tx, { workspaceId, runId, ref: newId(), kind: 'documentDecision', payload: { undecided } });
}

/** Writes the file of rows anew. While a batch reads it, it stays: what that one makes of the row is found by the line. */
async function replaceRows(family: Family, batch: BatchRecord, erased: ErasedLines[]): Promise<boolean> {
  const { objects, erasure } = family;
  const { rows_key: before, workspace_id: workspaceId, id: batchId } = batch;
  const after = `${workspaceId}/uploads/${newId()}.csv`;
  const { columns } = batch.options as BatchOptions;
  await noteWriting(family.db, erasure, after);
  const content = withoutRows(await reading(objects, before), columns, erased);
  await objects.putStream(after, Readable.from(content, { objectMode: false }));
  const isReplaced = await family.within(async (tx) => {
    if (areIn(readsRows, await family.lock(tx))) return false;
    return replaceFile(tx, erasure, { batchId, file: rowsFile, before, after });
  });
  if (!isReplaced) await objects.delete(after);
  return isReplaced;
}

async function replaceArchive(family: Family, batch: BatchRecord): Promise<boolean> {
  const { objects, erasure } = family;
  const { archive_key: before, workspace_id: workspaceId, id: batchId } = batch;
  if (before === null || erasure.written.includes(before)) return true;
  const after = `${workspaceId}/batches/${batchId}/archive-${newId()}.zip`;
  await noteWriting(family.db, erasure, after);
  await packArchive(family, batch, after);
  const file = { batchId, file: archiveFile, before, after };
  const isReplaced = await family.within((tx) => replaceFile(tx, erasure, file));
  if (!isReplaced) await objects.delete(after);
  return isReplaced;
}
