import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { MultipartFile } from '@fastify/multipart';
import type { BatchOptions } from '../../../contracts/documents/batch.schema.ts';
import { newId } from '../../../platform/ids.ts';
import type { ObjectStore } from '../../../platform/objects/file-store.ts';
import { AppError } from '../../http/errors/app-error.ts';
import type { ApiRequest } from '../../http/caller/principal.ts';
import { storageUnavailable } from '../../http/objects.ts';
import { isTextPart, OptionParts, partNames, refuse } from './option-parts.ts';

/** What came with an upload: the options, the names of those that came as parts, and where the rows lie with their SHA-256. */
export type Upload = { options: BatchOptions; parts: ReadonlySet<string>; rowsKey: string; rowsHash: string };

/** Bytes of a part that is no file of rows: a template's body alone may have 100,000 characters. */
const textLimitBytes = 1_000_000;

/**
 * Streams the file `rows` of a multipart request into the object store and reads its other parts into options. On any refusal,
 * and when the caller breaks off, nothing stays in the store. @throws AppError 400, 413, 415, 422, 503
 */
export async function readUpload(request: ApiRequest, objects: ObjectStore, workspaceId: string): Promise<Upload> {
  if (!request.isMultipart()) {
    throw new AppError(415, 'request.mediaType', { detail: `Send multipart/form-data with ${partNames}` });
  }
  const rowsKey = `${workspaceId}/uploads/${newId()}.csv`;
  try {
    return await readParts(request, objects, rowsKey);
  } catch (error) {
    // Where the store is unavailable there is nothing to delete, and the first error is the one that counts.
    await objects.delete(rowsKey).catch(() => undefined);
    throw error;
  }
}

async function readParts(request: ApiRequest, objects: ObjectStore, rowsKey: string): Promise<Upload> {
  const texts = new OptionParts();
  let rowsHash: string | null = null;
  for await (const part of partsOf(request)) {
    const name = part.fieldname;
    if (name === 'rows') {
      if (part.type !== 'file') throw refuse('rows', 'field.invalid_type', 'Send the rows as a file, not as a field');
      if (rowsHash !== null) throw refuse('rows', 'field.repeated', 'Send one file of rows');
      rowsHash = await storeRows(part, objects, rowsKey);
    } else if (!isTextPart(name)) {
      throw refuse(name, 'field.unknown', `Expected ${partNames}`);
    } else if (part.type === 'file') {
      texts.add(name, await textOf(part));
    } else {
      if (part.valueTruncated) throw tooLarge(name);
      // A field that says it is JSON has been read already.
      texts.add(name, typeof part.value === 'string' ? part.value : JSON.stringify(part.value));
    }
  }
  if (rowsHash === null) throw refuse('rows', 'field.missing', 'Send the rows as a file part named "rows"');
  return { ...texts.read(), rowsKey, rowsHash };
}

/**
 * The parts as they arrive. @throws AppError 400 where the form itself is broken, which the parser reports as plain errors
 */
async function* partsOf(request: ApiRequest): ReturnType<ApiRequest['parts']> {
  try {
    yield* request.parts();
  } catch (error) {
    throw brokenForm(error);
  }
}

async function storeRows(part: MultipartFile, objects: ObjectStore, key: string): Promise<string> {
  const hash = createHash('sha256');
  const rows = Readable.from(
    bytesOf(part, (chunk) => {
      hash.update(chunk);
    }),
    { objectMode: false },
  );
  try {
    await objects.putStream(key, rows);
  } catch (error) {
    throw error instanceof AppError || isParserError(error) ? error : storageUnavailable(error);
  }
  if (part.file.truncated) throw tooLarge('rows');
  return hash.digest('hex');
}

async function textOf(part: MultipartFile): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  const keep = (chunk: Buffer): void => {
    size += chunk.length;
    if (size > textLimitBytes) throw tooLarge(part.fieldname);
    chunks.push(chunk);
  };
  for await (const _ of bytesOf(part, keep));
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * The bytes of a file; `look` sees each chunk. Iterating detects a form that broke off before it had a listener; a pipe
 * would wait endlessly. @throws AppError 400 where the form breaks off
 */
async function* bytesOf({ file }: MultipartFile, look: (chunk: Buffer) => void): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of file as AsyncIterable<Buffer>) {
      look(chunk);
      yield chunk;
    }
  } catch (error) {
    throw brokenForm(error);
  }
}

function tooLarge(name: string): AppError {
  const message = `The part ${name} is too large`;
  return new AppError(413, 'request.tooLarge', {
    detail: message,
    errors: [{ path: name, code: 'request.tooLarge', message }],
  });
}

/** The parser's own refusals have a status and keep it; everything else that it throws is about what was sent. */
function brokenForm(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AppError || isParserError(error)) return error;
  return new AppError(400, 'request.malformed', { detail: `The form cannot be read: ${error.message}` });
}

function isParserError(error: unknown): boolean {
  return error instanceof Error && 'statusCode' in error;
}
