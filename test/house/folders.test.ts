import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { nodeKinds } from '../../domain/journeys/nodes/node-kinds.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Source files directly in a folder: what a reader takes in at a glance. */
const most = 15;
/**
 * Files that do not count: one each for the things of one long list, which nobody reads as a whole. The order of migrations is their names', which
 * folders would hide; a kind of node is found by its name. What stands beside them counts.
 */
const uncounted = new RegExp(
  `^(platform/db/migrations/\\d{4}-|domain/journeys/nodes/(${kindFiles().join('|')})\\.ts$)`,
);
/** Rooms that hold folders alone: each of their files belongs to a feature. */
const foldersOnly = ['activities', 'contracts', 'domain', 'platform/db', 'sdk'];
/** What is no source: built, installed, stored, or the tests' own. */
const apart = new Set(['node_modules', 'dist', 'test']);

const sources = sourcesByFolder(root);

describe('the folders of the house', () => {
  it(`hold at most ${most} source files each`, () => {
    const full = [...sources]
      .map(([folder, files]) => ({ folder, counted: files.filter((file) => !uncounted.test(`${folder}/${file}`)) }))
      .filter(({ counted }) => counted.length > most)
      .map(({ folder, counted }) => `${folder}: ${counted.length} files`);
    expect(full).toEqual([]);
  });

  it.each(foldersOnly)('%s holds folders alone', (folder) => {
    expect(sources.get(folder) ?? []).toEqual([]);
  });
});

/** The names of the files that hold a kind of node: those of the kinds, in kebab-case. */
function kindFiles(): string[] {
  return Object.keys(nodeKinds).map((kind) => kind.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`));
}

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
