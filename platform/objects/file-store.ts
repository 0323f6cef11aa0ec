import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';

/**
 * Files by key (`workspace/batch/…`, slashes allowed). Writing a key again replaces it; a reader never sees half a file. What was written
 * is on the disk, so it outlives a loss of power.
 */
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

/** An object store in a folder of the file system, shared by all processes of a machine that run as one user; others read nothing of it. */
export function createFileStore(folder: string): ObjectStore {
  const root = resolve(folder);
  const pathOf = (key: string): string => {
    const path = resolve(join(root, key));
    if (!path.startsWith(root + sep)) throw new Error(`Not a key: ${key}`);
    return path;
  };
  /** Writes beside the target and renames: the rename is what makes it visible. File and folder are synced, each before the next counts. */
  const replace = async (key: string, content: Uint8Array | string | Readable): Promise<void> => {
    const path = pathOf(key);
    const folder = dirname(path);
    const draft = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
    const firstMade = await mkdir(folder, { recursive: true, mode: 0o700 });
    try {
      await using file = await open(draft, 'wx', 0o600);
      await file.writeFile(content);
      await file.sync();
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    for (let made = folder; ; made = dirname(made)) {
      await syncFolder(made);
      // The folder above the first one that was made holds its name.
      if (firstMade === undefined || made === dirname(firstMade)) break;
    }
  };
  return {
    put: replace,
    putStream: replace,
    get: (key) => readFile(pathOf(key)),
    async open(key) {
      const path = pathOf(key);
      const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
        // Any other error says that the store is unavailable, not that it lacks the object.
        if (error.code !== 'ENOENT') throw error;
        return null;
      });
      return found && { content: createReadStream(path), sizeBytes: found.size };
    },
    delete: (key) => rm(pathOf(key), { force: true }),
  };
}

/** Puts on the disk which files a folder has. */
async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r');
  await folder.sync();
}
