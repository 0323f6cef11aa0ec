import { createHash } from 'node:crypto';
import type { BatchOptions, DocumentFormat } from '../../contracts/documents/batch.schema.ts';
import type { ActionInput } from '../../contracts/core/engine.ts';
import type { JsonObject } from '../../contracts/core/machine.ts';
import { isDelivered } from '../../domain/documents/delivery.ts';
import { letterOf } from '../../domain/documents/letter.ts';
import type { BatchRecord } from '../../platform/db/documents/batches.ts';
import type { DocumentRow } from '../../platform/db/documents/documents.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import type { ObjectStore } from '../../platform/objects/file-store.ts';
import type { RenderPool } from '../../platform/render/render-pool.ts';
import { RenderFault, type RenderedDocument } from '../../platform/render/render-protocol.ts';
import { runChunk, type Chunk, type ChunkTotals } from './chunk.ts';

/** What rendering needs. */
export type RenderDeps = { db: Db; objects: ObjectStore; renders: RenderPool };

/** Renders the documents of a chunk that may be delivered and stores their files. Repeatable: a file is written under its own name. */
export function renderChunk(deps: RenderDeps, input: ActionInput): Promise<void> {
  return runChunk(deps.db, input, {
    action: 'renderChunk',
    document: (chunk, document) => renderOne(deps, chunk, document),
    output: ({ rendered, withheld, renderFailed }: ChunkTotals) => ({ rendered, withheld, failed: renderFailed }),
  });
}

async function renderOne(
  { objects, renders }: RenderDeps,
  chunk: Chunk<'renderChunk'>,
  document: DocumentRow,
): Promise<void> {
  const { batch, checkpoints, params } = chunk;
  const options = batch.options as BatchOptions;
  const save = (
    state: 'done' | 'withheld' | 'failed',
    files: JsonObject | null,
    error: JsonObject | null,
  ): Promise<void> => checkpoints.save({ kind: 'rendered', ordinal: document.ordinal, state, files, error });
  if (chunk.stop.reason !== null) return;
  const { decision, is_flagged: isFlagged } = document;
  const isBeingChanged = document.open_draft !== null;
  const { review } = options;
  if (!isDelivered({ decision, isFlagged, isBeingChanged }, { review, undecided: params.undecided }))
    return save('withheld', null, null);
  await checkpoints.save({ kind: 'begun', ordinal: document.ordinal });
  try {
    const made = await renders.render({ ...letterOf(batch, document), formats: options.formats });
    if (made.kind === 'skipped')
      return await save('withheld', null, { code: 'template.skipped', message: made.reason });
    return await save('done', await storeFiles(objects, chunk, document, made), null);
  } catch (error) {
    if (!(error instanceof RenderFault) || error.code === 'render.closed') throw error;
    return save('failed', null, { code: error.code, message: error.message });
  }
}

async function storeFiles(
  objects: ObjectStore,
  { batch }: Chunk,
  document: DocumentRow,
  made: Extract<RenderedDocument, { kind: 'document' }>,
): Promise<JsonObject> {
  const contents: [DocumentFormat, Uint8Array | null][] = [
    ['pdf', made.pdf],
    ['html', made.html === null ? null : Buffer.from(made.html)],
  ];
  const files: Record<string, JsonObject> = {};
  for (const [format, content] of contents) {
    if (content === null) continue;
    const { key, name } = storedFile(batch, document, format);
    await objects.put(key, content);
    files[format] = {
      key,
      name,
      sizeBytes: content.byteLength,
      sha256: createHash('sha256').update(content).digest('hex'),
    };
  }
  return files;
}

/** Where a file of a document lies. */
export function storedFile(
  { workspace_id: workspaceId, id }: BatchRecord,
  document: DocumentRow,
  format: DocumentFormat,
): { key: string; name: string } {
  const name = `${fileName(document)}.${format}`;
  return { key: `${workspaceId}/batches/${id}/${name}`, name };
}

/** `00042-POL-1042`: sorts as the file did, and people recognise the row. */
function fileName(document: DocumentRow): string {
  const key = document.key
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '')
    .slice(0, 80);
  return `${String(document.ordinal).padStart(5, '0')}-${key || 'document'}`;
}
