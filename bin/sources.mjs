// What is to be built again: the source files that are not those of the last build.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Files that nothing is made of: tests run from their sources, and types are not emitted. */
const unbuilt = /\.test\.tsx?$|\.d\.m?ts$|\.md$|(^|\/)tsconfig\.json$/;

/** Size and time of change of each source in `folders` and of each of `settings`, by its path. */
export function stampsOf(root, folders, settings) {
  const files = [...settings, ...folders.flatMap((folder) => filesIn(root, folder))].filter(
    (file) => !unbuilt.test(file) || settings.includes(file),
  );
  // In one order, whatever the file system's.
  files.sort((one, other) => (one < other ? -1 : 1));
  const stamps = {};
  for (const file of files) {
    const stat = statSync(join(root, file), { throwIfNoEntry: false });
    if (stat) stamps[file] = `${stat.size} ${stat.mtimeMs}`;
  }
  return stamps;
}

/** A hash of all stamps. */
export function hashOf(stamps) {
  return createHash('sha256').update(JSON.stringify(stamps)).digest('hex');
}

/** The files that were changed or added, and those that are gone, since `before`. */
export function compare(before, now) {
  return {
    changed: Object.keys(now).filter((file) => before[file] !== now[file]),
    gone: Object.keys(before).filter((file) => !(file in now)),
  };
}

/** What a build wrote down about its sources; nothing where there was none. */
export function readStamps(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return {};
  }
}

function filesIn(root, folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1));
}
