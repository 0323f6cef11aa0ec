import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { BatchOptions } from '../../contracts/documents/batch.schema.ts';
import { CliError } from '../support/output.ts';
import { readJson } from '../support/read-json.ts';

/** What a batch is started with: the rows as they are, and the options with brief, template and brand put in. */
export type BatchFiles = { rows: Blob; options: z.input<typeof BatchOptions> };

const roles = ['rows', 'brief', 'template', 'brand', 'options'] as const;
type Role = (typeof roles)[number];

/**
 * Reads a batch from folders and files, known by their names: one `*.csv` with the rows, `brief.md`, `template.json`,
 * `brand.json`, and `options.json` with everything else. A file that is named takes the place of the folder's, a later one
 * that of an earlier.
 * @throws CliError for what is missing, or is not what it should be, with its place
 */
export async function loadBatch(paths: readonly string[]): Promise<BatchFiles> {
  const found = await findFiles(paths);
  const path = (role: Role): string => {
    const known = found[role];
    if (known === undefined) throw new CliError(`${paths.join(', ')}: there is no ${wanted[role]}`);
    return known;
  };
  const rows = await readFile(path('rows'));
  const options = BatchOptions.safeParse({
    ...Object(await readJson(path('options'))),
    brief: (await readFile(path('brief'), 'utf8')).trim(),
    template: await readJson(path('template')),
    brand: await readJson(path('brand')),
  });
  if (!options.success) throw new CliError(`${paths.join(', ')}:\n${z.prettifyError(options.error)}`);
  return { rows: new Blob([rows], { type: 'text/csv' }), options: options.data };
}

const wanted: Record<Role, string> = {
  rows: 'file *.csv with the rows',
  brief: 'brief.md',
  template: 'template.json',
  brand: 'brand.json',
  options: 'options.json',
};

async function findFiles(paths: readonly string[]): Promise<Partial<Record<Role, string>>> {
  const found: Partial<Record<Role, string>> = {};
  const named: Partial<Record<Role, string>> = {};
  for (const path of paths) {
    const about = await stat(path).catch(() => null);
    if (!about) throw new CliError(`There is no ${path}`);
    if (about.isDirectory()) {
      Object.assign(found, await findInFolder(path, paths));
      continue;
    }
    const role = roleOf(basename(path));
    if (!role) throw new CliError(`${path}: a batch is made of ${Object.values(wanted).join(', ')}`);
    named[role] = path;
  }
  return { ...found, ...named };
}

async function findInFolder(folder: string, paths: readonly string[]): Promise<Partial<Record<Role, string>>> {
  const names = (await readdir(folder)).toSorted();
  const isNamed = paths.some((path) => roleOf(basename(path)) === 'rows');
  const files = names.filter((name) => roleOf(name) === 'rows');
  if (files.length > 1 && !isNamed)
    throw new CliError(`${folder}: expected one *.csv, found ${files.join(', ')}; name the one that is meant`);
  const found: Partial<Record<Role, string>> = {};
  for (const role of roles) {
    const name = role === 'rows' ? files[0] : names.find((each) => each === wanted[role]);
    if (name !== undefined) found[role] = join(folder, name);
  }
  return found;
}

/** What a file is for, by its name: `renewals.csv`, `brief-2027.md`, `template.de.json`. */
function roleOf(name: string): Role | null {
  if (/\.csv$/i.test(name)) return 'rows';
  if (/\.(md|txt)$/i.test(name)) return 'brief';
  const json = /^(template|brand|options)\b.*\.json$/i.exec(name)?.[1]?.toLowerCase();
  return roles.find((role) => role === json) ?? null;
}
