import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { s3Bucket, startS3Double } from '../../test/support/s3-double.ts';
import { startS3Server } from '../../test/support/s3-server.ts';
import { settings } from '../../test/support/settings.ts';
import { readAuditAnchor, writeAuditAnchor } from './audit-anchor.ts';
import { createFileStore, type ObjectStore } from './file-store.ts';
import { storeRefusal } from './create-store.ts';
import { createS3Store } from './s3/s3-store.ts';

const home = mkdtempSync(join(tmpdir(), 'tl-objects-'));
const stops: (() => unknown)[] = [() => rmSync(home, { recursive: true })];
afterAll(async () => {
  for (const stop of stops) await stop();
});

const megabytes = (count: number): Buffer => randomBytes(count * 1024 * 1024);
const folder = `run-${randomUUID()}`;

async function inBucketOf(start: () => Promise<{ endpoint: string; stop(): Promise<void> }>): Promise<ObjectStore> {
  const { endpoint, stop } = await start();
  stops.push(stop);
  return createS3Store({ ...s3Bucket, endpoint, folder, isPathStyle: true });
}

/** Every store has to pass, each night that of a server by others too (docs/real-services.md). */
const stores: Record<string, () => Promise<ObjectStore>> = {
  files: () => Promise.resolve(createFileStore(home)),
  'S3 objects': () => inBucketOf(startS3Double),
  ...(settings.areServicesReal ? { 'objects of s3s-fs': () => inBucketOf(startS3Server) } : {}),
};

describe.each(Object.entries(stores))('a store of %s', (_, open) => {
  let store: ObjectStore;
  beforeAll(async () => {
    store = await open();
  }, 1_800_000);
  const read = async (key: string): Promise<Buffer | null> => {
    const found = await store.open(key);
    if (found === null) return null;
    const content = await buffer(found.content);
    expect(content.length).toBe(found.sizeBytes);
    return content;
  };

  it.each([
    ['a text', 'Grüße'],
    ['bytes', new Uint8Array([0, 255, 10, 13])],
    ['nothing', ''],
  ])('keeps %s, and replaces it', async (_name, content) => {
    await store.put('w/one/before.txt', 'before');
    await store.put('w/one/before.txt', content);
    expect(await store.get('w/one/before.txt')).toEqual(Buffer.from(content));
    expect(await read('w/one/before.txt')).toEqual(Buffer.from(content));
  });

  it('keeps a view into a larger buffer as what it shows', async () => {
    await store.put('w/view', Buffer.from('a whole line').subarray(2, 7));
    expect(String(await store.get('w/view'))).toBe('whole');
  });

  it.each([0, 1, 8, 17])('keeps a stream of %i MB', async (size) => {
    const content = megabytes(size);
    await store.putStream('w/stream.zip', Readable.from(slices(content), { objectMode: false }));
    expect((await read('w/stream.zip'))?.equals(content)).toBe(true);
  });

  it.each(['00042-POL-1042.pdf', 'a b+c%20&=?#.txt', "it's (1)!*.html", 'ünï-çødé.pdf'])(
    'takes %s for a name',
    async (name) => {
      await store.put(`w/names/${name}`, name);
      expect(String(await store.get(`w/names/${name}`))).toBe(name);
      await store.delete(`w/names/${name}`);
    },
  );

  it('has no object that was never put, or was deleted, and deletes nothing without complaint', async () => {
    expect(await store.open('w/never')).toBeNull();
    await expect(store.get('w/never')).rejects.toThrow('w/never');
    await store.put('w/gone', 'x');
    await store.delete('w/gone');
    await store.delete('w/gone');
    expect(await store.open('w/gone')).toBeNull();
  });

  it.each(['../out', 'w/../../out', ''])('refuses %j for a key', async (key) => {
    await expect((async () => store.put(key, 'x'))()).rejects.toThrow('Not a key');
  });

  it.each([1, 17])('keeps what was there when a stream of %i MB breaks off', async (size) => {
    await store.put('w/broken', 'before');
    const breaking = Readable.from(
      (function* () {
        yield* slices(megabytes(size));
        throw new Error('the sender went away');
      })(),
      { objectMode: false },
    );
    await expect(store.putStream('w/broken', breaking)).rejects.toThrow('the sender went away');
    expect(String(await store.get('w/broken'))).toBe('before');
  });

  it('lets one reader stop early, and others go on', async () => {
    await store.put('w/large', megabytes(4));
    (await store.open('w/large'))?.content.destroy();
    expect((await read('w/large'))?.length).toBe(4 * 1024 * 1024);
  });

  it('holds the end of an audit log', async () => {
    expect(await readAuditAnchor(store, 'workspace')).toBeNull();
    await writeAuditAnchor(store, 'workspace', { seq: 7, hash: 'ab' });
    expect(await readAuditAnchor(store, 'workspace')).toEqual({ seq: 7, hash: 'ab' });
    await store.delete('workspace/audit/head.json');
  });

  it('says at start that it can be used', async () => {
    expect(await storeRefusal(store)).toBeNull();
  });
});

// A test that is left out is none: CI takes no skipped ones.
it.each(settings.areServicesReal ? ['another'] : [])(
  's3s-fs refuses a signature by a secret that is %s',
  async (secret) => {
    const { endpoint, stop } = await startS3Server();
    stops.push(stop);
    const stranger = createS3Store({ ...s3Bucket, secretAccessKey: secret, endpoint, folder, isPathStyle: true });
    await expect(stranger.put('w/x', 'x')).rejects.toThrow('403 SignatureDoesNotMatch');
  },
);

function* slices(content: Buffer): Generator<Buffer> {
  for (let from = 0; from < content.length; from += 65_537) yield content.subarray(from, from + 65_537);
}
