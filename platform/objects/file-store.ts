import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Files by key (`workspace/batch/…`, slashes allowed). Writing a key again replaces it; a reader never sees half a file. */
export interface ObjectStore {
  put(key: string, content: Uint8Array | string): Promise<void>;
  /** Writes a stream; resolves when all of it is stored. */
  putStream(key: string, content: Readable): Promise<void>;
  /** @throws Error when there is no such key */
  get(key: string): Promise<Buffer>;
  /** A stream over the content and its size in bytes; null when there is no such key. */
  open(key: string): Promise<{ content: Readable; sizeBytes: number } | null>;
  /** Deletes what is there; nothing is no error. */
  delete(key: string): Promise<void>;
}

/** An object store in a folder of the file system, shared by all processes of a machine. */
export function createFileStore(folder: string): ObjectStore {
  const root = resolve(folder);
  const pathOf = (key: string): string => {
    const path = resolve(join(root, key));
    if (!path.startsWith(root + sep)) throw new Error(`Not a key: ${key}`);
    return path;
  };
  /** Writes beside the target and renames: the rename is what makes it visible. */
  const replace = async (key: string, write: (draft: string) => Promise<void>): Promise<void> => {
    const path = pathOf(key);
    const draft = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
    await mkdir(dirname(path), { recursive: true });
    try {
      await write(draft);
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  };
  return {
    put: (key, content) => replace(key, (draft) => writeFile(draft, content)),
    putStream: (key, content) => replace(key, (draft) => pipeline(content, createWriteStream(draft))),
    get: (key) => readFile(pathOf(key)),
    async open(key) {
      const path = pathOf(key);
      const found = await stat(path).catch(() => null);
      return found && { content: createReadStream(path), sizeBytes: found.size };
    },
    delete: (key) => rm(pathOf(key), { force: true }),
  };
}
