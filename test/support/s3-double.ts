import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** An answer that is given instead of the right one; `drop` ends the connection without any, `cut` in the middle of it. */
export type S3Fault = { status: number; code: string } | 'drop' | 'cut';

/** An S3 server of tests: one bucket in memory, signatures checked by the published algorithm and not by the client's code. */
export type S3Double = {
  endpoint: string;
  objects: Map<string, Buffer>;
  /** Uploads in parts that are neither complete nor given up. */
  uploads: Map<string, Map<number, Buffer>>;
  /** Calls as `METHOD key?query-names`. */
  calls: string[];
  /** Is asked before each call. */
  fault: (call: string) => S3Fault | null;
  stop(): Promise<void>;
};

/** The bucket that there is, and the key that may use it. */
export const s3Bucket = {
  bucket: 'house',
  region: 'eu-north-1',
  accessKeyId: 'AKTEST',
  secretAccessKey: 'a/secret+of=tests',
};

const smallestPart = 5 * 1024 * 1024;

/** Starts the server on loopback; it takes the bucket in the path and before the host `s3.localhost`. */
export async function startS3Double(): Promise<S3Double> {
  const server = createServer((request, response) => {
    answer(double, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const double: S3Double = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects: new Map(),
    uploads: new Map(),
    calls: [],
    fault: () => null,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return double;
}

async function answer(double: S3Double, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '', double.endpoint);
  const host = String(request.headers.host);
  const isBefore = host.startsWith(`${s3Bucket.bucket}.`);
  const [bucket, ...rest] = isBefore
    ? [s3Bucket.bucket, ...url.pathname.split('/').slice(1)]
    : url.pathname.split('/').slice(1);
  const key = rest.map(decodeURIComponent).join('/');
  const names = [...url.searchParams.keys()].toSorted().join('&');
  const call = `${request.method} ${key}${names === '' ? '' : `?${names}`}`;
  double.calls.push(call);
  const body = await buffer(request);
  const refuse = (status: number, code: string): void => {
    response.writeHead(status, { 'content-type': 'application/xml' });
    response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`);
  };
  const fault = double.fault(call);
  if (fault === 'drop') return void response.destroy();
  if (fault !== null && fault !== 'cut') return refuse(fault.status, fault.code);
  const problem = signatureProblem(request, url, body);
  if (problem !== null) return refuse(403, problem);
  if (bucket !== s3Bucket.bucket) return refuse(404, 'NoSuchBucket');
  const reply = serve(double, `${request.method}`, key, url.searchParams, body);
  if (reply.code !== undefined) return refuse(reply.status, reply.code);
  response.writeHead(reply.status, { ...reply.headers, 'content-length': reply.body?.length ?? 0 });
  if (fault === 'cut') response.write(reply.body?.subarray(1), () => response.destroy());
  else response.end(reply.body);
}

type Reply = { status: number; code?: string; headers?: Record<string, string>; body?: Buffer };

function serve(double: S3Double, method: string, key: string, query: URLSearchParams, body: Buffer): Reply {
  const { objects, uploads } = double;
  const uploadId = query.get('uploadId');
  if (method === 'POST' && query.has('uploads')) {
    const id = `upload-${uploads.size + 1}`;
    uploads.set(id, new Map());
    return xml(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
  }
  if (uploadId !== null) {
    const parts = uploads.get(uploadId);
    if (!parts) return { status: 404, code: 'NoSuchUpload' };
    if (method === 'DELETE') uploads.delete(uploadId);
    if (method === 'DELETE') return { status: 204 };
    if (method === 'PUT') {
      parts.set(Number(query.get('partNumber')), body);
      return { status: 200, headers: { etag: tagOf(body) } };
    }
    return complete(double, key, uploadId, parts, body.toString());
  }
  if (method === 'PUT') {
    objects.set(key, body);
    return { status: 200, headers: { etag: tagOf(body) } };
  }
  if (method === 'DELETE') objects.delete(key);
  if (method === 'DELETE') return { status: 204 };
  const found = objects.get(key);
  return found ? { status: 200, body: found } : { status: 404, code: 'NoSuchKey' };
}

function complete(double: S3Double, key: string, id: string, parts: Map<number, Buffer>, list: string): Reply {
  const named = [...list.matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>([^<]*)<\/ETag>/g)];
  const contents = named.map(([, number]) => parts.get(Number(number)) ?? Buffer.alloc(0));
  const isAsSent = named.every(
    ([, number, tag], at) => Number(number) === at + 1 && tag === tagOf(contents[at] ?? Buffer.alloc(0)),
  );
  if (!isAsSent || named.length !== parts.size) return { status: 400, code: 'InvalidPart' };
  if (contents.slice(0, -1).some((part) => part.length < smallestPart)) return { status: 400, code: 'EntityTooSmall' };
  double.uploads.delete(id);
  double.objects.set(key, Buffer.concat(contents));
  return xml(`<CompleteMultipartUploadResult><Key>${key}</Key></CompleteMultipartUploadResult>`);
}

function xml(text: string): Reply {
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: Buffer.from(text) };
}

function tagOf(body: Buffer): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}

/** S3's code for what is wrong with a signature, by "Authenticating Requests (AWS Signature Version 4)"; null where nothing is. */
function signatureProblem(request: IncomingMessage, url: URL, body: Buffer): string | null {
  const { headers } = request;
  const given =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    );
  if (!given) return 'AccessDenied';
  const [, accessKeyId = '', day = '', region = '', signedNames = '', signature = ''] = given;
  if (accessKeyId !== s3Bucket.accessKeyId) return 'InvalidAccessKeyId';
  if (region !== s3Bucket.region) return 'AuthorizationHeaderMalformed';
  const at = String(headers['x-amz-date']);
  const atMs = Date.parse(at.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (Math.abs(Date.now() - atMs) > 900_000) return 'RequestTimeTooSkewed';
  const bodyHash = createHash('sha256').update(body).digest('hex');
  if (headers['x-amz-content-sha256'] !== bodyHash) return 'XAmzContentSHA256Mismatch';
  const needed = ['host', 'x-amz-content-sha256', 'x-amz-date'];
  if (!needed.every((name) => signedNames.split(';').includes(name))) return 'AccessDenied';
  const encoded = (text: string): string =>
    encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  const canonical = [
    request.method,
    url.pathname
      .split('/')
      .map((part) => encoded(decodeURIComponent(part)))
      .join('/'),
    [...url.searchParams]
      .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
      .toSorted()
      .join('&'),
    ...signedNames.split(';').map((name) => `${name}:${String(headers[name]).trim()}`),
    '',
    signedNames,
    bodyHash,
  ].join('\n');
  const hmac = (secret: string | Buffer, text: string): Buffer => createHmac('sha256', secret).update(text).digest();
  const scope = [day, region, 's3', 'aws4_request'];
  const signingKey = scope.reduce<string | Buffer>(
    (secret, part) => hmac(secret, part),
    `AWS4${s3Bucket.secretAccessKey}`,
  );
  const hash = createHash('sha256').update(canonical).digest('hex');
  const expected = hmac(signingKey, ['AWS4-HMAC-SHA256', at, scope.join('/'), hash].join('\n'));
  return timingSafeEqual(expected, Buffer.from(signature, 'hex')) ? null : 'SignatureDoesNotMatch';
}
