import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

it('links only to pages and headings that exist', () => {
  const linking = globSync('{*.md,{docs,examples,.ci}/**/*.md}', { exclude: ['**/node_modules/**'] });
  const broken = linking.flatMap((page) =>
    [...withoutCode(page).matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)|^\[[^\]]+\]: (\S+)/gm)]
      .map(([, inline, defined]) => inline ?? defined ?? '')
      .filter((link) => !/^(https?|mailto):/.test(link) && !leadsSomewhere(page, link))
      .map((link) => `${page}: ${link}`),
  );
  expect(broken).toEqual([]);
});

/** Whether a link of a page leads to a file, and to one of its headings where it names one. */
function leadsSomewhere(page: string, link: string): boolean {
  const [file = '', heading] = decodeURI(link).split('#');
  const target = file === '' ? page : join(dirname(page), file);
  if (!existsSync(target)) return false;
  return heading === undefined || (target.endsWith('.md') && headingsOf(target).includes(heading));
}

/** The names by which the headings of a page are linked to: in lower case, without punctuation, a second one of the same words with a number. */
function headingsOf(page: string): string[] {
  const words = [...withoutCode(page).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-'),
  );
  return words.map((name, at) => {
    const before = words.slice(0, at).filter((other) => other === name).length;
    return before === 0 ? name : `${name}-${before}`;
  });
}

/** A page without its blocks of code; code within a line keeps its words, as headings have them. */
function withoutCode(page: string): string {
  return readFileSync(page, 'utf8').replaceAll(/^ *```[\s\S]*?^ *```$/gm, '');
}
