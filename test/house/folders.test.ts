import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Source files directly in a folder: what a reader takes in at a glance. */
const most = 15;
/** Folders that hold one file for each thing of a kind, and grow with their number: migrations, and the kinds of nodes. */
const unbounded = new Set(['platform/db/migrations', 'domain/journeys/nodes']);
/** Rooms that hold folders alone: each of their files belongs to a feature. */
const foldersOnly = ['activities', 'contracts', 'domain', 'platform/db', 'sdk'];
/** What is no source: built, installed, stored, or the tests' own. */
const apart = new Set(['node_modules', 'dist', 'test']);

const sources = sourcesByFolder(root);

describe('the folders of the house', () => {
  it(`hold at most ${most} source files each`, () => {
    const full = [...sources]
      .filter(([folder, files]) => !unbounded.has(folder) && files.length > most)
      .map(([folder, files]) => `${folder}: ${files.length} files`);
    expect(full).toEqual([]);
  });

  it.each(foldersOnly)('%s holds folders alone', (folder) => {
    expect(sources.get(folder) ?? []).toEqual([]);
  });
});

/** The source files of every folder below `from`, tests left out, by the folder's path in the project. */
function sourcesByFolder(from: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const walk = (folder: string): void => {
    const files: string[] = [];
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = relative(root, join(folder, entry.name));
      if (entry.isDirectory() && !entry.name.startsWith('.') && !apart.has(path)) walk(join(folder, entry.name));
      if (entry.isFile() && /(?<!\.test|\.d)\.(ts|tsx|mts|mjs)$/.test(entry.name)) files.push(entry.name);
    }
    found.set(relative(root, folder), files);
  };
  walk(from);
  return found;
}
