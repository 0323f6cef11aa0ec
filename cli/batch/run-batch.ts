import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BatchDetail } from '../../contracts/api/batches.schema.ts';
import type { Client } from '../../sdk/client.ts';
import { apiClient, explained } from '../api.ts';
import type { BatchRunOptions } from '../batch.ts';
import { CliError, note, say } from '../output.ts';
import { loadBatch } from './load-batch.ts';
import { progressLine } from './progress.ts';

/** How often a watched batch is looked at. */
const lookEveryMs = 500;

/**
 * Starts a batch from a folder and, if asked to, watches it to its end: a bar on a terminal, a line for each change elsewhere,
 * and at a gate the command that decides it. @throws CliError for a refusal, and for a batch that did not complete
 */
export async function runBatch(folder: string, options: BatchRunOptions): Promise<void> {
  const { rows, options: settings } = await loadBatch(folder);
  const client = apiClient();
  // One key for one command: whatever the network does to the answer, the batch is one.
  const started = await explained(() => client.batches.create(rows, settings, { idempotencyKey: randomUUID() }));
  const isWatched = options.watch === true || options.download !== undefined;
  if (!isWatched) {
    say(options.json ? JSON.stringify(started) : `Batch ${started.id} has started: ${started.name}`);
    return;
  }
  note(`Batch ${started.id}: ${started.name}`);
  const ended = await explained(() => watch(client, started.id));
  if (options.download !== undefined && ended.hasArchive) {
    await explained(() => download(client, started.id, options.download ?? ''));
  }
  say(options.json ? JSON.stringify(ended) : `${ended.outcome ?? ended.status}: ${ended.reason ?? ''}`);
  if (ended.status !== 'completed') process.exitCode = 1;
}

async function watch(client: Client, id: string): Promise<BatchDetail> {
  const show = createDisplay();
  const announced = new Set<string>();
  for (;;) {
    const batch = await client.batches.show(id);
    show(progressLine(batch));
    if (batch.endedAt !== null) {
      show(null);
      return batch;
    }
    if (batch.status === 'waiting') await announceGates(client, batch.runId, announced, show);
    await sleep(lookEveryMs);
  }
}

async function announceGates(
  client: Client,
  runId: string,
  announced: Set<string>,
  show: (line: string | null) => void,
): Promise<void> {
  const { items } = await client.gates.list({ runId, status: 'open' });
  for (const gate of items.filter(({ id }) => !announced.has(id))) {
    announced.add(gate.id);
    show(null);
    note(`A person decides: ${gate.title}`);
    note(`  throughline gates decide ${gate.id} ${gate.outcomes.map(({ name }) => name).join('|')}`);
  }
}

/** On a terminal one line that is written over; elsewhere a line whenever it changes. Null ends the line. */
function createDisplay(): (line: string | null) => void {
  const isTerminal = process.stderr.isTTY;
  let last = '';
  return (line) => {
    if (line === last || (line === null && last === '')) return;
    if (isTerminal) process.stderr.write(line === null ? '\n' : `\r\x1b[2K${line}`);
    else if (line !== null) note(line);
    last = line ?? '';
  };
}

async function download(client: Client, id: string, file: string): Promise<void> {
  const { body } = await client.batches.archive(id);
  if (!body) throw new CliError('The archive is empty');
  // The platform's stream and Node's are one and the same at run time; their types differ.
  await pipeline(Readable.fromWeb(body as ReadableStream<Uint8Array>), createWriteStream(file));
  note(`The archive is in ${file}`);
}
