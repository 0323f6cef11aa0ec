import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../test/support/eventually.ts';
import { createFileStore } from './file-store.ts';

describe('the file store', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tl-store-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Calls `before` with the path of each sync, and waits for it. */
  async function watchSyncs(before: (path: string) => Promise<void> | void): Promise<void> {
    const probe = await fs.open(folder, 'r');
    const handles = Object.getPrototypeOf(probe) as fs.FileHandle;
    await probe.close();
    const { sync } = handles;
    handles.sync = async function (this: fs.FileHandle) {
      const path = await fs.readlink(`/proc/self/fd/${this.fd}`);
      await before(path.replace(`${folder}/`, '').replace(folder, '.'));
      return sync.call(this);
    };
    onTestFinished(() => void (handles.sync = sync));
  }

  it.each([
    ['a text', (put: ReturnType<typeof createFileStore>) => put.put('w/b/one', 'content')],
    ['a stream', (put: ReturnType<typeof createFileStore>) => put.putStream('w/b/one', Readable.from(['con', 'tent']))],
  ])('has %s on the disk before it says so: the folders, the file and that it is there', async (_, write) => {
    const synced: string[] = [];
    await watchSyncs((path) => void synced.push(path));
    const store = createFileStore(folder);
    await write(store);
    expect(synced).toEqual(['w', '.', expect.stringMatching(/^w\/b\/one\./), 'w/b']);
    synced.length = 0;
    await write(store);
    expect(synced).toEqual([expect.stringMatching(/^w\/b\/one\./), 'w/b']);
    const found = await createFileStore(folder).open('w/b/one');
    expect([found?.sizeBytes, found && (await text(found.content))]).toEqual([7, 'content']);
  });

  it('puts a folder that it shares with others on the disk itself: who made it may not have done so yet', async () => {
    const synced: string[] = [];
    await fs.mkdir(join(folder, 'w/b'), { recursive: true });
    await watchSyncs((path) => void synced.push(path));
    await createFileStore(folder).put('w/b/one', 'content');
    expect(synced).toEqual(['w', '.', expect.stringMatching(/^w\/b\/one\./), 'w/b']);
  });

  it('makes a folder again that was taken away', async () => {
    const store = createFileStore(folder);
    await store.put('w/b/one', 'before');
    await fs.rm(join(folder, 'w'), { recursive: true });
    await store.put('w/b/two', 'after');
    expect(readdirSync(join(folder, 'w/b'))).toEqual(['two']);
  });

  it('syncs a folder once for all files that came while it was synced, and says of none that it is there before', async () => {
    const store = createFileStore(folder);
    await store.put('w/b/first', 'x');
    const hold = Promise.withResolvers<void>();
    let syncs = 0;
    await watchSyncs((path) => {
      if (path !== 'w/b') return;
      syncs += 1;
      return hold.promise;
    });
    let stored = 0;
    const puts = Array.from({ length: 20 }, (_, at) => store.put(`w/b/${at}`, 'x').then(() => (stored += 1)));
    await eventually('all files', () =>
      Promise.resolve(readdirSync(join(folder, 'w/b')).filter((name) => /^\d+$/.test(name)).length === 20),
    );
    expect(stored).toBe(0);
    hold.resolve();
    await Promise.all(puts);
    // As many as wait for the disk at once may have asked a moment later.
    expect(syncs).toBeLessThan(8);
  });

  it('leaves nothing of what could not be written', async () => {
    const store = createFileStore(folder);
    await store.put('w/one', 'before');
    const broken = Readable.from(
      (function* () {
        yield 'half';
        throw new Error('the sender went away');
      })(),
    );
    await expect(store.putStream('w/one', broken)).rejects.toThrow('went away');
    expect(readdirSync(join(folder, 'w'))).toEqual(['one']);
    expect(String(await store.get('w/one'))).toBe('before');
  });

  it('says that there is no such object, or that it cannot be looked for', async () => {
    const store = createFileStore(join(folder, 'objects'));
    expect(await store.open('w/b/none')).toBeNull();
    await fs.writeFile(join(folder, 'objects'), 'no folder');
    await expect(store.open('w/b/none')).rejects.toThrow('ENOTDIR');
  });
});
