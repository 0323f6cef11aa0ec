import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileStore } from './file-store.ts';

describe('the file store', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tl-store-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ['a text', (put: ReturnType<typeof createFileStore>) => put.put('w/b/one', 'content')],
    ['a stream', (put: ReturnType<typeof createFileStore>) => put.putStream('w/b/one', Readable.from(['con', 'tent']))],
  ])('has %s on the disk before it says so: the file, its folder, and the folders that are new', async (_, write) => {
    const synced: string[] = [];
    const probe = await fs.open(folder, 'r');
    const handles = Object.getPrototypeOf(probe) as fs.FileHandle;
    await probe.close();
    const { sync } = handles;
    handles.sync = async function (this: fs.FileHandle) {
      synced.push((await fs.readlink(`/proc/self/fd/${this.fd}`)).replace(`${folder}/`, '').replace(folder, '.'));
      return sync.call(this);
    };
    try {
      await write(createFileStore(folder));
      expect(synced).toEqual([expect.stringMatching(/^w\/b\/one\./), 'w/b', 'w', '.']);
      synced.length = 0;
      await write(createFileStore(folder));
      expect(synced).toEqual([expect.stringMatching(/^w\/b\/one\./), 'w/b']);
    } finally {
      handles.sync = sync;
    }
    const found = await createFileStore(folder).open('w/b/one');
    expect([found?.sizeBytes, found && (await text(found.content))]).toEqual([7, 'content']);
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
