import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { ObjectStore } from '../file-store.ts';
import { createS3Call, type S3Call, type S3Config } from './s3-call.ts';
import { S3Error, s3Error, textOf } from './s3-error.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** What is larger goes up in parts of this size; S3 wants 5 MiB at least, and 10,000 parts at most. */
const partBytes = 8 * 1024 * 1024;

/**
 * An object store in a bucket of an S3-compatible server. Its errors are `S3Error`s: they say what to do and are nobody's object's fault, so
 * the work that met one is tried again. An upload that broke off leaves nothing that can be read.
 */
export function createS3Store(config: S3Config): ObjectStore {
  const call = createS3Call(config);
  const find = async (key: string): Promise<Response | null> => {
    try {
      return await call({ method: 'GET', key });
    } catch (error) {
      if (error instanceof S3Error && error.code === 'NoSuchKey') return null;
      throw error;
    }
  };
  const put = async (key: string, content: Uint8Array | string): Promise<void> => {
    const response = await call({ method: 'PUT', key, body: new Uint8Array(Buffer.from(content)) });
    await response.body?.cancel();
  };
  return {
    put,
    async putStream(key, content) {
      const parts = partsOf(content);
      try {
        const first = await parts.next();
        if (first.done) return await put(key, '');
        const second = await parts.next();
        if (second.done) return await put(key, first.value);
        await putInParts(call, key, [first.value, second.value], parts);
      } finally {
        content.destroy();
      }
    },
    async get(key) {
      const response = await find(key);
      if (response === null) throw new Error(`There is no object ${key}`);
      return Buffer.from(await response.arrayBuffer());
    },
    async open(key) {
      const response = await find(key);
      if (response === null) return null;
      const { body, headers } = response;
      const length = headers.get('content-encoding') === null ? headers.get('content-length') : null;
      if (length === null) {
        const whole = Buffer.from(await response.arrayBuffer());
        return { content: Readable.from([whole]), sizeBytes: whole.byteLength };
      }
      const content = body === null ? Readable.from([]) : Readable.fromWeb(body as ReadableStream);
      return { content, sizeBytes: Number(length) };
    },
    async delete(key) {
      const response = await call({ method: 'DELETE', key }).catch((error: unknown) => {
        if (error instanceof S3Error && error.code === 'NoSuchKey') return null;
        throw error;
      });
      await response?.body?.cancel();
    },
  };
}

/** Uploads what is too large for one call; nothing of it can be read before the last one, which names all parts. */
async function putInParts(call: S3Call, key: string, begun: Bytes[], rest: AsyncIterable<Bytes>): Promise<void> {
  const started = await (await call({ method: 'POST', key, query: { uploads: '' } })).text();
  const uploadId = textOf(started, 'UploadId');
  if (uploadId === null) throw new S3Error('NoUpload', 200, 'the object store began no upload');
  const tags: string[] = [];
  let size = 0;
  const putPart = async (body: Bytes): Promise<void> => {
    const query = { partNumber: String(tags.length + 1), uploadId };
    const response = await call({ method: 'PUT', key, query, body });
    tags.push(response.headers.get('etag') ?? '');
    size += body.byteLength;
    await response.body?.cancel();
  };
  try {
    for (const part of begun) await putPart(part);
    for await (const part of rest) await putPart(part);
    const parts = tags.map((tag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${tag}</ETag></Part>`).join('');
    const list = new TextEncoder().encode(`<CompleteMultipartUpload>${parts}</CompleteMultipartUpload>`);
    await putTogether(call, { key, query: { uploadId }, body: list }).catch(async (error: unknown) => {
      // Where the answer was lost the upload is over, and the object itself says whether it is there.
      const isLost = !(error instanceof S3Error) || error.code === 'NoSuchUpload';
      if (!isLost || (await sizeOf(call, key)) !== size) throw error;
    });
  } catch (error) {
    await call({ method: 'DELETE', key, query: { uploadId } }).catch(() => undefined);
    throw error;
  }
}

async function putTogether(call: S3Call, request: Omit<Parameters<S3Call>[0], 'method'>): Promise<void> {
  const response = await call({ method: 'POST', ...request });
  const answer = await response.text();
  // It answers 200 before it puts the parts together, and says at the end whether that went well.
  if (textOf(answer, 'Code') !== null) throw s3Error(response.status, response.headers, answer);
}

/** The bytes of an object; null where there is none, or nothing says so. */
async function sizeOf(call: S3Call, key: string): Promise<number | null> {
  const response = await call({ method: 'GET', key }).catch(() => null);
  await response?.body?.cancel();
  const length = response?.headers.get('content-length') ?? null;
  return length === null ? null : Number(length);
}

/** The stream in parts of `partBytes`; the last one is what is left, and there is none where there is nothing. */
async function* partsOf(content: Readable): AsyncGenerator<Bytes, undefined> {
  let kept: Buffer[] = [];
  let size = 0;
  for await (const chunk of content as AsyncIterable<Uint8Array | string>) {
    const bytes = Buffer.from(chunk);
    kept.push(bytes);
    size += bytes.byteLength;
    while (size >= partBytes) {
      const all = Buffer.concat(kept);
      yield new Uint8Array(all.subarray(0, partBytes));
      kept = [all.subarray(partBytes)];
      size -= partBytes;
    }
  }
  if (size > 0) yield new Uint8Array(Buffer.concat(kept));
  return undefined;
}
