import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { pipeline } from 'node:stream/promises';
import type { BatchDetail } from '../../contracts/documents/batches-api.schema.ts';
import type { Client } from '../../sdk/client/client.ts';
import { apiClient, explained } from '../support/api.ts';
import { CliError, note, say } from '../support/output.ts';
import { table } from '../support/table.ts';
import { loadBatch } from './load-batch.ts';
import { dollars } from './progress.ts';
import { watchBatch } from './watch-batch.ts';

/** The options of `throughline batch run`. */
export type BatchRunOptions = { watch?: true; download?: string; json?: true };

/**
 * Starts a batch from a folder or files and, if asked to, watches it to its end, which is printed as a table.
 * @throws CliError for a refusal; the exit code is 1 for a batch that did not complete
 */
export async function runBatch(paths: readonly string[], options: BatchRunOptions): Promise<void> {
  const { rows, options: settings } = await loadBatch(paths);
  const client = apiClient();
  // One key for one command: whatever the network does to the answer, the batch is one.
  const started = await explained(() => client.batches.create(rows, settings, { idempotencyKey: randomUUID() }));
  if (options.watch !== true && options.download === undefined) {
    say(options.json ? JSON.stringify(started) : `Batch ${started.id} has started: ${started.name}`);
    return;
  }
  note(`Batch ${started.id}: ${started.name}`);
  const ended = await explained(() => watchBatch(client, started.id));
  const { download: file } = options;
  if (file !== undefined) {
    if (ended.hasArchive) await explained(() => download(client, started.id, file));
    else note(`There is no archive to write to ${file}`);
  }
  if (options.json) say(JSON.stringify(ended));
  else endOf(ended).forEach(say);
  if (ended.status !== 'completed') process.exitCode = 1;
}

/** How a batch ended, as a table. */
function endOf({ outcome, status, reason, progress, rows, rowErrors, spentMicros, id }: BatchDetail): string[] {
  const missing = rowErrors + progress.skipped + progress.generateFailed + progress.withheld + progress.renderFailed;
  return table([
    ['outcome', [outcome ?? status, ...(reason === null ? [] : [reason])].join(': ')],
    ['rows', `${rows + rowErrors}, ${rowErrors} of them bad`],
    ['documents', String(progress.rendered)],
    ['flagged', String(progress.flagged)],
    ['withheld', String(progress.withheld)],
    ['skipped', String(progress.skipped)],
    ['failed', String(progress.generateFailed + progress.renderFailed)],
    ['cost', dollars(spentMicros)],
    ...(missing > 0 ? [['why', `npm run throughline -- batch errors ${id}`]] : []),
  ]);
}

/** Writes beside the file and renames: what stands under the name is whole. */
async function download(client: Client, id: string, file: string): Promise<void> {
  const { body } = await client.batches.archive(id);
  if (!body) throw new CliError('The archive is empty');
  const draft = `${file}.part`;
  try {
    // The platform's stream and Node's are one and the same at run time; their types differ.
    await pipeline(Readable.fromWeb(body as ReadableStream<Uint8Array>), createWriteStream(draft));
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw new CliError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  note(`The archive is in ${file}`);
}
