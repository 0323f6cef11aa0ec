import { addAbortSignal, PassThrough, Readable } from 'node:stream';
import { heartbeat } from '@temporalio/activity';
import { ZipFile } from 'yazl';
import type { ActionInput } from '../../contracts/core/engine.ts';
import type { JsonObject } from '../../contracts/core/machine.ts';
import { filesOf, manifestEntry, manifestHead, whyMissing, type StoredFile } from '../../domain/documents/manifest.ts';
import { rowErrorsOf, rowsKeyOf, type BatchRecord } from '../../platform/db/documents/batches.ts';
import { documentsOf } from '../../platform/db/documents/documents.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { errorsCsv, formatOf, type RowFault } from '../../platform/rows/csv/errors-csv.ts';
import type { ObjectStore } from '../../platform/objects/file-store.ts';
import { closeAction, openBatch } from './open-batch.ts';

/** Documents read in one transaction while the archive is written. */
const pageRows = 500;

/**
 * Packs the documents into one ZIP with `manifest.json` (what each file is, with its hash, its checks and its cost) and
 * `errors.csv` (every row without a document, whole, and why) in the object store. Repeatable: the archive is replaced by the same
 * one.
 */
export async function deliverBatch(deps: { db: Db; objects: ObjectStore }, input: ActionInput): Promise<void> {
  const batch = await openBatch(deps.db, 'deliverBatch', input);
  if (!batch) return;
  const archiveKey = `${batch.workspace_id}/batches/${batch.id}/archive.zip`;
  const beat = setInterval(() => heartbeat(), 1_000);
  try {
    const packed = await packArchive(deps, batch, archiveKey);
    await closeAction(deps.db, 'deliverBatch', input, { archiveKey, ...packed });
  } finally {
    clearInterval(beat);
  }
}

/**
 * Writes the archive of a batch as its documents are now. One that is packed `again`, until that is aborted, goes without files that have gone from the
 * store, and says so.
 */
export async function packArchive(
  { db, objects }: { db: Db; objects: ObjectStore },
  batch: BatchRecord,
  key: string,
  again?: AbortSignal,
): Promise<{ files: number; sizeBytes: number }> {
  const zip = new ZipFile();
  const output = new PassThrough();
  // An error of it is the store's; it is no one's before and after that.
  output.on('error', () => undefined);
  if (again) addAbortSignal(again, output);
  zip.outputStream.pipe(output);
  zip.on('error', (error: Error) => output.destroy(error));
  const stored = objects.putStream(key, output);
  // A reader of the ZIP that breaks off must not be an unhandled rejection before it is awaited below.
  stored.catch(() => undefined);
  try {
    const files = await fill({ db, objects }, batch, zip, again !== undefined);
    zip.end();
    await stored;
    const archive = await objects.open(key);
    archive?.content.destroy();
    return { files, sizeBytes: archive?.sizeBytes ?? 0 };
  } catch (error) {
    // What is half written goes first, and nothing waits for the rest of it.
    output.destroy(error instanceof Error ? error : new Error(String(error)));
    await stored.catch(() => undefined);
    throw error;
  }
}

/** Puts the files of all documents into an archive, with what became of each. @returns how many files */
async function fill(
  { db, objects }: { db: Db; objects: ObjectStore },
  batch: BatchRecord,
  zip: ZipFile,
  isAgain: boolean,
): Promise<number> {
  const options = { mtime: batch.created_at, compress: false };
  const manifest: JsonObject[] = [];
  const faults = new Map<number, RowFault>();
  let files = 0;
  for (let from = 1; from <= batch.rows; from += pageRows) {
    const documents = await inWorkspace(db, batch.workspace_id, (tx) =>
      documentsOf(tx, batch, { from, to: from + pageRows - 1 }),
    );
    for (const document of documents) {
      const own: StoredFile[] = [];
      for (const file of filesOf(document)) if (!isAgain || (await isThere(objects, file))) own.push(file);
      for (const file of own) addStored(zip, objects, file, options);
      files += own.length;
      const isWhole = own.length === filesOf(document).length;
      const entry = manifestEntry({ ...document, files: own });
      manifest.push(isWhole ? entry : { ...entry, state: fileGone.code });
      const why = isWhole ? whyMissing(document) : fileGone;
      if (why) faults.set(document.line, { key: document.key, ...why });
    }
  }
  const { refused, rowsKey } = await inWorkspace(db, batch.workspace_id, async (tx) => {
    return { refused: await rowErrorsOf(tx, batch), rowsKey: await rowsKeyOf(tx, batch) };
  });
  for (const { line, ...fault } of refused) faults.set(line, { key: '', ...fault });
  const head = manifestHead(batch);
  zip.addBuffer(Buffer.from(`${JSON.stringify({ ...head, documents: manifest }, null, 1)}\n`), 'manifest.json', {
    ...options,
    compress: true,
  });
  const rows = await objects.open(rowsKey);
  const lines: string[] = [];
  for await (const line of errorsCsv(rows?.content ?? null, faults, formatOf(batch))) lines.push(line);
  rows?.content.destroy();
  zip.addBuffer(Buffer.from(lines.join('')), 'errors.csv', { ...options, compress: true });
  return files;
}

const fileGone = { code: 'document.fileGone', message: 'A file of it has gone from the object store' };

async function isThere(objects: ObjectStore, { key }: StoredFile): Promise<boolean> {
  const found = await objects.open(key);
  found?.content.destroy();
  return found !== null;
}

/** Reads a file only when its turn in the archive comes: ten thousand of them would be a gigabyte. */
function addStored(
  zip: ZipFile,
  objects: ObjectStore,
  file: StoredFile,
  options: { mtime: Date; compress: boolean },
): void {
  zip.addReadStreamLazy(`documents/${file.name}`, { ...options, size: file.sizeBytes }, (give) => {
    objects.open(file.key).then(
      (found) =>
        found
          ? give(null, found.content)
          : give(new Error(`${file.name} is gone from the object store`), Readable.from([])),
      (error: unknown) => give(error, Readable.from([])),
    );
  });
}
