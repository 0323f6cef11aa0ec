import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { s3Bucket, startS3Double, type S3Double, type S3Fault } from '../../../test/support/s3-double.ts';
import { ConfigError, readConfig } from '../../config.ts';
import { createObjectStore, storeRefusal } from '../create-store.ts';
import type { ObjectStore } from '../file-store.ts';
import { createS3Store } from './s3-store.ts';

const large = randomBytes(9 * 1024 * 1024);

async function listen(server: Server): Promise<string> {
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('objects in S3', () => {
  let double: S3Double;
  let store: ObjectStore;
  beforeAll(async () => {
    double = await startS3Double();
  });
  afterAll(() => double.stop());
  beforeEach(() => {
    store = storeWith({});
    double.fault = () => null;
    double.calls.length = 0;
  });

  function storeWith(change: Partial<Parameters<typeof createS3Store>[0]>): ObjectStore {
    return createS3Store({
      ...s3Bucket,
      endpoint: double.endpoint,
      folder: 'house',
      isPathStyle: true,
      pausesMs: [1, 1, 1],
      ...change,
    });
  }
  /** The fault for the first `times` calls whose words match. */
  function fails(call: RegExp, fault: S3Fault, times = Infinity): void {
    let count = 0;
    double.fault = (made) => (call.test(made) && (count += 1) <= times ? fault : null);
  }

  it.each<[string, S3Fault]>([
    ['asks to slow down', { status: 503, code: 'SlowDown' }],
    ['fails inside', { status: 500, code: 'InternalError' }],
    ['has waited too long', { status: 400, code: 'RequestTimeout' }],
    ['ends the connection', 'drop'],
  ])('are written, read and deleted by a server that %s twice', async (_, fault) => {
    for (const work of [
      () => store.put('w/x', 'x'),
      () => store.get('w/x'),
      () => store.open('w/x'),
      () => store.delete('w/x'),
    ]) {
      fails(/./, fault, 2);
      double.calls.length = 0;
      await work();
      expect(double.calls).toHaveLength(3);
    }
  });

  it.each<[string, () => ObjectStore, S3Fault | null, string]>([
    [
      'the secret is wrong',
      () => storeWith({ secretAccessKey: 'wrong' }),
      null,
      '403 SignatureDoesNotMatch: .* see S3_SECRET_KEY',
    ],
    [
      'the key is unknown',
      () => storeWith({ accessKeyId: 'wrong' }),
      null,
      '403 InvalidAccessKeyId: .* see S3_ACCESS_KEY',
    ],
    [
      'the region is wrong',
      () => storeWith({ region: 'eu-west-9' }),
      null,
      '403 AuthorizationHeaderMalformed: .* see S3_REGION',
    ],
    ['the bucket is not there', () => storeWith({ bucket: 'nowhere' }), null, '404 NoSuchBucket: .* see OBJECTS'],
    [
      'the key may do nothing',
      () => store,
      { status: 403, code: 'AccessDenied' },
      '403 AccessDenied: .* s3:ListBucket',
    ],
    [
      'the clock is off',
      () => store,
      { status: 403, code: 'RequestTimeTooSkewed' },
      'the clock of this machine is off',
    ],
    ['it is too busy', () => store, { status: 503, code: 'SlowDown' }, '503 SlowDown: it asks to slow down'],
    ['it is away', () => storeWith({ endpoint: 'http://127.0.0.1:9' }), null, 'at 127.0.0.1:9 does not answer: '],
  ])('say what to do where %s, and a missing object is not what they say', async (_, given, fault, reason) => {
    if (fault !== null) fails(/./, fault);
    const failing = given();
    for (const work of [
      () => failing.put('w/x', 'x'),
      () => failing.putStream('w/x', Readable.from([large], { objectMode: false })),
      () => failing.get('w/x'),
      () => failing.open('w/x'),
      () => failing.delete('w/x'),
    ])
      await expect(work()).rejects.toThrow(new RegExp(`the object store.*${reason}`));
    expect(await storeRefusal(failing)).toMatch(new RegExp(`^The object store cannot be used: .*${reason}`));
  });

  it('that break off on their way are an error, not a shorter object', async () => {
    await store.put('w/x', 'a whole object');
    fails(/GET/, 'cut');
    await expect(store.get('w/x')).rejects.toThrow('terminated');
    const found = await store.open('w/x');
    await expect(found && buffer(found.content)).rejects.toThrow('terminated');
  });

  it('are no missing ones where a proxy answers 404 (minio/mc#2412)', async () => {
    const proxy = createServer((_request, response) => void response.writeHead(404).end('404 page not found\n'));
    const behind = storeWith({ endpoint: await listen(proxy) });
    const works = [() => behind.open('w/x'), () => behind.get('w/x'), () => behind.delete('w/x')];
    for (const work of works) await expect(work()).rejects.toThrow(/404 NoAnswer: .* see S3_ENDPOINT/);
  });

  it('are asked for unpacked, and have their size where something on the way packs them (cyberduck#12767)', async () => {
    const asked: unknown[] = [];
    const proxy = createServer(({ headers }, response) => {
      asked.push(headers['accept-encoding']);
      const isPacked = asked.length > 1;
      response.writeHead(200, isPacked ? { 'content-encoding': 'gzip' } : {});
      response.write(isPacked ? gzipSync('an object') : 'an object');
      response.end();
    });
    const behind = storeWith({ endpoint: await listen(proxy) });
    for (const times of [1, 2]) {
      const found = await behind.open('w/x');
      expect(found?.sizeBytes).toBe(9);
      expect(found && String(await buffer(found.content))).toBe('an object');
      expect(asked).toEqual(Array.from({ length: times }, () => 'identity'));
    }
  });

  it.each([
    ['in the middle', () => 'cut' as const],
    [
      'before it came, and the call is made again (chimera#489)',
      () => {
        double.uploads.clear();
        double.objects.set('house/w/large', large);
        return 'drop' as const;
      },
    ],
  ])('are stored where the answer about the last part was lost %s', async (_, lose) => {
    let isFirst = true;
    double.fault = (call) => {
      if (call !== 'POST house/w/large?uploadId' || !isFirst) return null;
      isFirst = false;
      return lose();
    };
    await store.putStream('w/large', Readable.from([large], { objectMode: false }));
    expect(large.equals(await store.get('w/large'))).toBe(true);
  });

  it('are not stored where an upload is gone and the object is another one', async () => {
    await store.put('w/large', 'an older one');
    fails(/POST house\/w\/large\?uploadId/, { status: 404, code: 'NoSuchUpload' });
    const put = store.putStream('w/large', Readable.from([large], { objectMode: false }));
    await expect(put).rejects.toThrow('NoSuchUpload');
  });

  it('go up in parts when they are large, and are not there before the last one', async () => {
    await store.putStream('w/large', Readable.from([large], { objectMode: false }));
    const parts = ['PUT house/w/large?partNumber&uploadId', 'PUT house/w/large?partNumber&uploadId'];
    expect(double.calls).toEqual(['POST house/w/large?uploads', ...parts, 'POST house/w/large?uploadId']);
    expect(double.objects.get('house/w/large')?.equals(large)).toBe(true);
  });

  it.each([
    ['a part is refused', /partNumber/, { status: 403, code: 'AccessDenied' }],
    ['the parts cannot be put together', /POST .*uploadId/, { status: 200, code: 'InternalError' }],
  ])('leave no parts behind where %s', async (_, call, fault) => {
    double.objects.clear();
    fails(call, fault);
    await expect(store.putStream('w/large', Readable.from([large], { objectMode: false }))).rejects.toThrow(fault.code);
    expect(double.uploads.size).toBe(0);
    expect(double.objects.size).toBe(0);
  });
});

describe('the settings of S3', () => {
  const given = {
    DATABASE_URL: 'postgres://x',
    THROUGHLINE_KEY: 'x'.repeat(32),
    OBJECTS: 's3://house/objects/live',
    S3_REGION: 'eu-north-1',
    S3_ACCESS_KEY: 'AK',
    S3_SECRET_KEY: 'secret',
  };
  afterEach(() => vi.unstubAllGlobals());

  it.each([
    [{}, 'https://house.s3.eu-north-1.amazonaws.com/objects/live/w/x'],
    [{ S3_ADDRESSING: 'path' }, 'https://s3.eu-north-1.amazonaws.com/house/objects/live/w/x'],
    [
      { S3_ENDPOINT: 'https://a1.r2.cloudflarestorage.com', S3_REGION: 'auto' },
      'https://a1.r2.cloudflarestorage.com/house/objects/live/w/x',
    ],
    [
      { S3_ENDPOINT: 'https://ams3.example.com', S3_ADDRESSING: 'host' },
      'https://house.ams3.example.com/objects/live/w/x',
    ],
    [{ S3_ENDPOINT: 'http://minio:9000/under/', OBJECTS: 's3://house' }, 'http://minio:9000/under/house/w/x'],
  ])('with %o lead to %s', async (change, address) => {
    const seen: Request[] = [];
    vi.stubGlobal('fetch', (request: Request) => {
      seen.push(request);
      return Promise.resolve(new Response(''));
    });
    await createObjectStore(readConfig({ ...given, ...change })).put('w/x', 'x');
    expect(seen.map(({ method, url }) => [method, url])).toEqual([['PUT', address]]);
    expect(seen[0]?.headers.get('authorization')).toContain(`Credential=AK/`);
  });

  it.each([
    [{ OBJECTS: 's3://House' }, 'OBJECTS: give file, s3://BUCKET or s3://BUCKET/FOLDER'],
    [{ OBJECTS: 'minio' }, 'OBJECTS: give file, s3://BUCKET or s3://BUCKET/FOLDER'],
    [{ S3_ENDPOINT: 'minio:9000' }, 'S3_ENDPOINT: '],
    [{ S3_REGION: 'Frankfurt am Main' }, 'S3_REGION: give a region such as eu-central-1, or auto'],
    [{ S3_ACCESS_KEY: '' }, 'S3_ACCESS_KEY: is missing beside OBJECTS=s3://house/objects/live'],
    [{ S3_SECRET_KEY: '' }, 'S3_SECRET_KEY: is missing beside OBJECTS=s3://house/objects/live'],
  ])('are refused at start: %o', (change, problem) => {
    const start = (): unknown => createObjectStore(readConfig({ ...given, ...change }));
    expect(start).toThrow(ConfigError);
    expect(start).toThrow(problem);
  });
});
