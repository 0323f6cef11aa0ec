import { addAbortSignal, Readable } from 'node:stream';
import type { BatchOptions } from '../../contracts/documents/batch.schema.ts';
import type { BatchStage } from '../../contracts/documents/documents.ts';
import type { DocumentTemplate } from '../../contracts/documents/template.schema.ts';
import { filesOf } from '../../domain/documents/manifest.ts';
import { decidesDocuments } from '../../domain/documents/stages/stages.ts';
import {
  endErasure,
  forgetObjects,
  forgetWriting,
  holdErasure,
  keepErasure,
  leaveErasure,
  nextFamilies,
  noteWriting,
  objectsAtEnd,
  objectsToDelete,
  type OpenErasure,
  passFamily,
  reportErasures,
} from '../../platform/db/contacts/erasures.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import { inWorkspace, type Tx } from '../../platform/db/core/workspace.ts';
import { countDocuments } from '../../platform/db/documents/batch-figures.ts';
import type { BatchRecord } from '../../platform/db/documents/batches.ts';
import type { DocumentRow } from '../../platform/db/documents/documents.ts';
import {
  archiveFile,
  batchesEmptiedBy,
  emptyDocuments,
  type FamilyBatch,
  type FoundDocuments,
  findDocuments,
  lockFamily,
  replaceFile,
  rowsFile,
} from '../../platform/db/documents/erase-documents.ts';
import { sendToRun } from '../../platform/db/runs/runs.ts';
import { newId } from '../../platform/ids.ts';
import type { ObjectStore } from '../../platform/objects/file-store.ts';
import type { Logger } from '../../platform/log.ts';
import { type ErasedLines, type PersonsRows, rowsOfPerson, withoutRows } from '../../platform/rows/csv/erase-rows.ts';
import { packArchive } from './deliver-batch.ts';
import { storedFile } from './render-chunk.ts';

/** What erasing in batches needs; `db` is the system role's. */
export type ErasureDeps = { db: Db; objects: ObjectStore; log: Pick<Logger, 'warn'> };

/** Erasures of one pass, families of one erasure in it, and milliseconds after which it begins with no other. */
const most = { erasures: 200, families: 20, ms: 60_000 };
/** Milliseconds after which a pass says again that it works at an erasure. */
const keepMs = 30_000;
/** Documents emptied in one transaction. */
const atOnce = 500;
/** Stages in which an attempt may hold the file of rows as it was, or a row that it makes a file of. */
const readsRows: readonly BatchStage[] = ['import', 'deliver'];
const makesFiles: readonly BatchStage[] = ['import', 'render', 'deliver'];

/**
 * One pass over the erasures that are not over, those first that have waited longest; in one process at a time for each. A family of batches that is at
 * work is come back to until it is not; one whose files cannot be had holds up no other, and its erasure is tried again after a while. @returns how much it did
 */
export async function eraseInBatches(deps: ErasureDeps, stopped: AbortSignal, forMs = most.ms): Promise<number> {
  const end = performance.now() + forMs;
  const isLate = (): boolean => stopped.aborted || performance.now() >= end;
  const seen: string[] = [];
  let done = 0;
  do {
    const erasure = await holdErasure(deps.db, seen);
    if (!erasure) break;
    seen.push(erasure.id);
    const pass = new AbortController();
    const signal = AbortSignal.any([stopped, pass.signal]);
    const stop = (error?: unknown): void => pass.abort(error);
    const kept = setInterval(() => {
      keepErasure(deps.db, erasure).then((isKept) => {
        if (!isKept) stop(new Error('Another process works at this erasure'));
      }, stop);
    }, keepMs);
    try {
      const seenNow = await eraseNext({ ...deps, signal }, erasure, isLate);
      done += seenNow.done;
      await leaveErasure(deps.db, erasure, seenNow.hasFailed);
    } finally {
      clearInterval(kept);
    }
  } while (seen.length < most.erasures && !isLate());
  await reportErasures(deps.db);
  return done;
}

type Deps = ErasureDeps & { signal: AbortSignal };

/** One look at an erasure: at the next families, or where there are none at those that it has to come back to. */
async function eraseNext(
  deps: Deps,
  erasure: OpenErasure,
  isLate: () => boolean,
): Promise<{ done: number; hasFailed: boolean }> {
  const { db, log, signal } = deps;
  const passed = { done: 0, hasFailed: false };
  const fail = (error: unknown, root?: string): void => {
    passed.hasFailed = true;
    log.warn({ err: error, erasure: erasure.id, batch: root }, 'An erasure did not get through; it is tried again');
  };
  try {
    const next = await nextFamilies(db, erasure, most.families);
    let isOver = next.length === 0;
    for (const root of next.length > 0 ? next : erasure.pending) {
      const seen = await eraseInFamily(deps, erasure, root).catch((error: unknown) => {
        fail(error, root);
        return { isOver: false, others: 0 };
      });
      // What was broken off is not passed: it is the next one again.
      if (signal.aborted) return passed;
      await passFamily(db, erasure, { root, ...seen });
      passed.done += Number(next.length > 0);
      isOver &&= seen.isOver;
      if (isLate()) return passed;
    }
    if (isOver) passed.done += await end(deps, erasure);
  } catch (error) {
    fail(error);
  }
  return passed;
}

async function end({ db, objects }: Deps, erasure: OpenErasure): Promise<number> {
  for (const key of await objectsAtEnd(db, erasure)) await objects.delete(key);
  return Number(await endErasure(db, erasure));
}

type Seen = { isOver: boolean; others: number };

async function eraseInFamily(deps: Deps, erasure: OpenErasure, root: string): Promise<Seen> {
  const { db, objects, signal } = deps;
  const family: Family = {
    ...deps,
    erasure,
    within: (work) => {
      signal.throwIfAborted();
      return inWorkspace(db, erasure.workspace_id, work);
    },
    lock: (tx) => lockFamily(tx, erasure, root),
  };
  const [before, held] = await family.within(async (tx) => {
    const batches = await family.lock(tx);
    const emptied = await batchesEmptiedBy(tx, erasure, batches);
    return [batches, batches.filter(({ id }) => emptied.has(id))];
  });
  const [first] = before;
  if (!first) return { isOver: true, others: 0 };
  // It has been emptied before: there is nothing to do until it is done.
  if (erasure.pending.includes(root) && (areIn(readsRows, before) || areIn(makesFiles, held)))
    return { isOver: false, others: 0 };
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
  const [after, mine] = await family.within(async (tx) => {
    const batches = await family.lock(tx);
    const emptied = await batchesEmptiedBy(tx, erasure, batches);
    const own = batches.filter(({ id }) => emptied.has(id));
    for (const batch of own) await endReview(tx, batch);
    return [batches, own];
  });
  let isOver = !areIn(['import'], before) && !areIn(makesFiles, mine);
  if (erased.length > 0) isOver = !areIn(readsRows, after) && (await replaceRows(family, first, erased)) && isOver;
  const ofFamily = before.map(({ id }) => id);
  for (const key of await objectsToDelete(db, erasure, ofFamily)) await objects.delete(key);
  // What was packed meanwhile counts as well.
  const packed = await family.within(async (tx) => {
    const batches = await family.lock(tx);
    const emptied = await batchesEmptiedBy(tx, erasure, batches);
    return batches.filter(({ id }) => emptied.has(id));
  });
  for (const batch of packed) isOver = (await replaceArchive(family, batch)) && isOver;
  if (isOver) {
    const keys = await objectsToDelete(db, erasure, ofFamily);
    for (const key of keys) await objects.delete(key);
    await forgetObjects(db, erasure, keys);
  }
  return { isOver, others };
}

/** The batches of one file of rows, as one erasure goes through them. */
type Family = Deps & {
  erasure: OpenErasure;
  within<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** The first one first, locked until the end of the transaction. */
  lock(tx: Tx): Promise<FamilyBatch[]>;
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

function areIn(stages: readonly BatchStage[], batches: readonly FamilyBatch[]): boolean {
  return batches.some(({ stage, isLive }) => isLive && stages.includes(stage as BatchStage));
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
async function endReview(tx: Tx, batch: FamilyBatch): Promise<void> {
  const { workspace_id: workspaceId, id, run_id: runId, isLive } = batch;
  if (!isLive || !decidesDocuments(batch.stage as BatchStage)) return;
  const { undecided } = (await countDocuments(tx, workspaceId, [id]))(id);
  if (undecided > 0) return;
  await sendToRun(tx, { workspaceId, runId, ref: newId(), kind: 'documentDecision', payload: { undecided } });
}

/** Writes the file of rows anew. While a batch reads it, it stays: what that one makes of the row is found by the line. */
function replaceRows(family: Family, batch: BatchRecord, erased: ErasedLines[]): Promise<boolean> {
  const { objects, signal } = family;
  const { rows_key: before, workspace_id: workspaceId } = batch;
  const { columns } = batch.options as BatchOptions;
  return replace(family, batch, {
    file: rowsFile,
    before,
    after: `${workspaceId}/uploads/${newId()}.csv`,
    keptIn: readsRows,
    async write(after) {
      const rows = withoutRows(await reading(objects, before), columns, erased);
      const content = addAbortSignal(signal, Readable.from(rows, { objectMode: false }));
      // An error of it is the store's; it is no one's before and after that.
      content.on('error', () => undefined);
      await objects.putStream(after, content);
    },
  });
}

async function replaceArchive(family: Family, batch: BatchRecord): Promise<boolean> {
  const { archive_key: before, workspace_id: workspaceId, id } = batch;
  if (before === null || family.erasure.written.includes(before)) return true;
  return replace(family, batch, {
    file: archiveFile,
    before,
    after: `${workspaceId}/batches/${id}/archive-${newId()}.zip`,
    keptIn: [],
    write: (after) => packArchive(family, batch, after, family.signal),
  });
}

/** A file that is to stand in the place of `before`, which stays while a batch is `keptIn` one of these stages. */
type Replacement = {
  file: typeof rowsFile;
  before: string;
  after: string;
  keptIn: readonly BatchStage[];
  write(after: string): Promise<unknown>;
};

async function replace(
  { db, objects, erasure, within, lock }: Family,
  { id: batchId }: BatchRecord,
  { file, before, after, keptIn, write }: Replacement,
): Promise<boolean> {
  const drop = async (): Promise<void> => {
    await objects.delete(after);
    await forgetWriting(db, erasure, after);
  };
  await noteWriting(db, erasure, after);
  await write(after).catch(async (error: unknown) => {
    // What the store does not delete now goes with the end.
    await drop().catch(() => undefined);
    throw error;
  });
  // Where the answer to this is lost the batch may point to the file: it stays.
  const isReplaced = await within(async (tx) => {
    if (areIn(keptIn, await lock(tx))) return false;
    return replaceFile(tx, erasure, { batchId, file, before, after });
  });
  if (!isReplaced) await drop();
  return isReplaced;
}
