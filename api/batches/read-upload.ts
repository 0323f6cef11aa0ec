import { createHash } from 'node:crypto';
import { Transform, type Readable } from 'node:stream';
import type { MultipartFile, MultipartValue } from '@fastify/multipart';
import { BatchOptions } from '../../contracts/batch.schema.ts';
import { newId } from '../../platform/ids.ts';
import type { ObjectStore } from '../../platform/objects.ts';
import { AppError, invalid } from '../http/app-error.ts';
import type { ApiRequest } from '../http/principal.ts';
import { findUnusable, problemIssues } from '../http/validation.pipe.ts';

/** What came with an upload: the options, and where the rows lie with their SHA-256. */
export type Upload = { options: BatchOptions; rowsKey: string; rowsHash: string };

/** Options are nested a few levels; JSON far deeper is refused before a schema sees it. */
const maxDepth = 12;

/**
 * Streams the file `rows` of a multipart request into the object store and reads its field `options`. On any refusal nothing
 * stays in the store. @throws AppError 413, 415, 422
 */
export async function readUpload(request: ApiRequest, objects: ObjectStore, workspaceId: string): Promise<Upload> {
  if (!request.isMultipart()) {
    throw new AppError(415, 'request.mediaType', {
      detail: 'Send multipart/form-data with a file "rows" and a field "options"',
    });
  }
  const rowsKey = `${workspaceId}/uploads/${newId()}.csv`;
  try {
    return await readParts(request, objects, rowsKey);
  } catch (error) {
    await objects.delete(rowsKey);
    throw error;
  }
}

async function readParts(request: ApiRequest, objects: ObjectStore, rowsKey: string): Promise<Upload> {
  let options: BatchOptions | null = null;
  let rowsHash: string | null = null;
  for await (const part of request.parts()) {
    if (part.fieldname === 'options') options = readOptions(await textOf(part));
    else if (part.fieldname === 'rows' && part.type === 'file') rowsHash = await storeRows(part, objects, rowsKey);
    else throw problem(part.fieldname, 'field.unknown', 'Expected a file "rows" and a field "options"');
  }
  if (rowsHash === null) throw problem('rows', 'field.missing', 'Send the rows as a file part named "rows"');
  if (options === null) throw problem('options', 'field.missing', 'Send the options as a JSON part named "options"');
  return { options, rowsKey, rowsHash };
}

async function storeRows(part: MultipartFile, objects: ObjectStore, key: string): Promise<string> {
  const hash = createHash('sha256');
  const hashed = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const file: Readable & { truncated?: boolean } = part.file;
  file.on('error', (error) => hashed.destroy(error));
  await objects.putStream(key, file.pipe(hashed));
  if (file.truncated) throw new AppError(413, 'request.tooLarge', { detail: 'The file of rows is too large' });
  return hash.digest('hex');
}

async function textOf(part: MultipartFile | MultipartValue): Promise<string> {
  if (part.type === 'file') return (await part.toBuffer()).toString('utf8');
  return String(part.value as string);
}

function readOptions(text: string): BatchOptions {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw problem('options', 'json.malformed', 'The options are not JSON');
  }
  const unusable = findUnusable(value, maxDepth);
  if (unusable) throw invalid('batch.invalid', [{ ...unusable, path: `options.${unusable.path}` }]);
  const read = BatchOptions.safeParse(value);
  if (read.success) return read.data;
  throw invalid(
    'batch.invalid',
    read.error.issues.flatMap((issue) => problemIssues(issue, 'options')),
  );
}

function problem(path: string, code: string, message: string): AppError {
  return invalid('batch.invalid', [{ path, code, message }]);
}
