import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/** The folders at the top that comments and pages speak of. */
const rooms =
  'activities|api|bin|cli|contracts|dashboard|docs|domain|examples|local|platform|sdk|test|worker|workflows';
/** A path as prose has it: from a room on, perhaps without a file or its ending, one for several by braces or stars. */
const path = new RegExp(`(?<![\\w./@-])(?:${rooms})/[\\w./{},*-]*[\\w}*/]`, 'g');

/** Pages that speak of what was, or of what a reader makes. */
const exclude = ['**/node_modules/**', 'dist/**', 'docs/moved.md', 'docs/adr/**', 'test/house/**'];
const pages = globSync('{*.md,docs/*.md,examples/**/*.md,.ci/*}', { exclude });
const sources = globSync(`{${rooms.replaceAll('|', ',')}}/**/*.{ts,tsx,mts,mjs,css}`, { exclude });

/** The prose of a file: a page as a whole, of a source its comments. */
function proseOf(file: string): string {
  const text = readFileSync(file, 'utf8');
  if (pages.includes(file)) return text;
  return (text.match(/\/\*[\s\S]*?\*\/|(?<![:'"`\w])\/\/ .*$/gm) ?? []).join('\n');
}

it('speaks only of files and folders that exist', () => {
  const missing = [...pages, ...sources].flatMap((file) =>
    [...new Set(proseOf(file).match(path) ?? [])]
      .filter((named) => globSync(`${named.replace(/\/$/, '')}{,.*,-*}`).length === 0)
      .map((named) => `${file}: ${named}`),
  );
  expect(missing).toEqual([]);
});
