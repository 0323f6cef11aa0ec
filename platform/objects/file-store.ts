import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { LRUCache } from 'lru-cache';

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

/** Folders that are known to be there: each batch has one. */
const keptFolders = 1_000;

/** An object store in a folder of the file system, shared by all processes of a machine that run as one user; others read nothing of it. */
export function createFileStore(folder: string): ObjectStore {
  const root = resolve(folder);
  const pathOf = (key: string): string => {
    const path = resolve(join(root, key));
    if (!path.startsWith(root + sep)) throw new Error(`Not a key: ${key}`);
    return path;
  };
  const syncFolder = createFolderSync();
  const folders = new LRUCache<string, Promise<void>>({ max: keptFolders });
  /** Makes a folder where there is none, and puts on the disk that all above it have it: another process may have made it just now. */
  const makeFolder = (path: string): Promise<void> => {
    const known = folders.get(path);
    if (known) return known;
    const made = (async () => {
      const first = await mkdir(path, { recursive: true, mode: 0o700 });
      const top = first !== undefined && root.startsWith(first) ? dirname(first) : root;
      for (let each = path; each !== top;) await syncFolder((each = dirname(each)));
    })();
    folders.set(path, made);
    made.catch(() => folders.delete(path));
    return made;
  };
  /** Writes beside the target and renames: the rename is what makes it visible. File and folder are synced, each before the next counts. */
  const replace = async (key: string, content: Uint8Array | string | Readable): Promise<void> => {
    const path = pathOf(key);
    const folder = dirname(path);
    const draft = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
    await makeFolder(folder);
    try {
      await using file = await openNew(draft, () => {
        // It was there, and has been taken away since.
        folders.delete(folder);
        return makeFolder(folder);
      });
      await file.writeFile(content);
      await file.sync();
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    await syncFolder(folder);
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

/** Opens a file that is not there yet; where its folder is not, `makeFolder` makes that first. */
async function openNew(path: string, makeFolder: () => Promise<void>): Promise<FileHandle> {
  try {
    return await open(path, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await makeFolder();
    return open(path, 'wx', 0o600);
  }
}

/**
 * Makes the function that puts on the disk which files a folder has. Those who ask while a sync of it is under way, which may miss their
 * file, wait for the next one together.
 */
function createFolderSync(): (path: string) => Promise<void> {
  const running = new Map<string, Promise<void>>();
  const next = new Map<string, Promise<void>>();
  const sync = async (path: string): Promise<void> => {
    await using folder = await open(path, 'r');
    await folder.sync();
  };
  return (path) => {
    const waiting = next.get(path);
    if (waiting) return waiting;
    const before = running.get(path) ?? Promise.resolve();
    const made = before
      .catch(() => undefined)
      .then(() => {
        next.delete(path);
        const now = sync(path).finally(() => running.get(path) === now && running.delete(path));
        running.set(path, now);
        return now;
      });
    next.set(path, made);
    return made;
  };
}
