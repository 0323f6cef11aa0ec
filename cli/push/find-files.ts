import { existsSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { CliError } from '../support/output.ts';

/** What there is to push. */
export type FilesToPush = { journeys: string[]; templates: string[] };

/** Where journeys lie when nothing is said: a project's own, else the examples. */
const usual = ['journeys', join('examples', 'journeys')];

/**
 * The files that the arguments mean. Of a folder: its journeys (`*.ts`; JSON beside them may be anything) and what lies in its folder `templates/`. A file
 * in a folder of that name is a template, any other a journey.
 * @throws CliError when one is not there
 */
export async function findFiles(paths: readonly string[]): Promise<FilesToPush> {
  const wanted = paths.length > 0 ? paths : usual.filter((folder) => existsSync(folder)).slice(0, 1);
  if (wanted.length === 0)
    throw new CliError(`What to push? There is no folder ${usual.join(' or ')} here; name files.`);
  const found: FilesToPush = { journeys: [], templates: [] };
  for (const path of wanted) {
    if (!existsSync(path)) throw new CliError(`There is no ${path}`);
    if (!statSync(path).isDirectory()) {
      found[isTemplate(path) ? 'templates' : 'journeys'].push(path);
      continue;
    }
    found.journeys.push(...(await filesOf(path, /(?<!\.test|\.d)\.(ts|js)$/)));
    found.templates.push(...(await filesOf(join(path, 'templates'), /\.(md|json)$/)));
  }
  return found;
}

function isTemplate(path: string): boolean {
  return path.endsWith('.md') || dirname(path).split(sep).includes('templates');
}

async function filesOf(folder: string, pattern: RegExp): Promise<string[]> {
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => join(folder, entry.name))
    .toSorted();
}
