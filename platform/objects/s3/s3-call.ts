import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsClient } from 'aws4fetch';
import { S3Error, s3Error } from './s3-error.ts';

/** How to reach a bucket. `folder` stands before every key; empty for none. */
export type S3Config = {
  endpoint: string;
  region: string;
  bucket: string;
  folder: string;
  /** The bucket in the path of an address, instead of before its host. */
  isPathStyle: boolean;
  accessKeyId: string;
  secretAccessKey: string;
  /** The pauses before what may pass is tried again; `usualPausesMs` unless given. */
  pausesMs?: readonly number[];
};

/** One call about an object. `query` as in S3's own documents, such as `{ uploads: '' }`. */
export type S3Request = {
  method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  key: string;
  query?: Record<string, string>;
  body?: Uint8Array<ArrayBuffer>;
};

/** Makes calls. @throws S3Error for every answer but 2xx, and where none came, after what may pass was tried again */
export type S3Call = (request: S3Request) => Promise<Response>;

/** With as much by chance on top; who waits longer does it by rules of their own. */
const usualPausesMs = [100, 400, 1_600];
/** From the request to the head of the answer, a part of 8 MiB on its way included. */
const answerMs = 60_000;

/** Signs calls by AWS Signature Version 4, the body's hash with it. */
export function createS3Call(config: S3Config): S3Call {
  const { accessKeyId, secretAccessKey, region, pausesMs = usualPausesMs } = config;
  const signer = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: 0 });
  const once = async ({ method, key, query = {}, body }: S3Request): Promise<Response> => {
    const url = addressOf(config, key);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const headers = {
      'x-amz-content-sha256': createHash('sha256')
        .update(body ?? '')
        .digest('hex'),
    };
    const signed = await signer.sign(url, { method, headers, ...(body === undefined ? {} : { body }) });
    // What is packed on its way comes without its length. Not signed, as servers and proxies change it.
    signed.headers.set('accept-encoding', 'identity');
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new Error('no answer in time')), answerMs);
    try {
      // A redirect would lose the signature.
      const response = await fetch(signed, { redirect: 'manual', signal: late.signal });
      if (response.ok) return response;
      throw s3Error(response.status, response.headers, await response.text());
    } catch (error) {
      if (error instanceof S3Error) throw error;
      const { host } = url;
      throw new S3Error('Away', 0, `the object store at ${host} does not answer: ${causeOf(error)}`, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  };
  return async (request) => {
    for (const pauseMs of pausesMs) {
      try {
        return await once(request);
      } catch (error) {
        if (!(error instanceof S3Error && error.isPassing)) throw error;
      }
      await sleep(pauseMs * (1 + Math.random()));
    }
    return once(request);
  };
}

/** @throws Error for a key that would lead out of the folder */
function addressOf({ endpoint, bucket, folder, isPathStyle }: S3Config, key: string): URL {
  const parts = [folder, key].flatMap((path) => path.split('/')).filter((part) => part !== '');
  if (key === '' || parts.some((part) => /^\.\.?$/.test(part))) throw new Error(`Not a key: ${key}`);
  const url = new URL(endpoint);
  if (!isPathStyle) url.host = `${bucket}.${url.host}`;
  const path = isPathStyle ? [bucket, ...parts] : parts;
  url.pathname = [url.pathname.replace(/\/$/, ''), ...path.map(encodeURIComponent)].join('/');
  return url;
}

/** The words of what is behind `fetch failed`. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
