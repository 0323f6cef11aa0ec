import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { BatchOptions } from '../../contracts/batch.schema.ts';
import { CliError } from '../output.ts';

/** What a folder holds: the rows as they are, and the options with brief, template and brand put in. */
export type BatchFiles = { rows: Blob; options: z.input<typeof BatchOptions> };

/**
 * Reads a batch from a folder: one `*.csv`, `brief.md`, `template.json`, `brand.json`, and `options.json` with all else.
 * @throws CliError for what is missing, or is not what it should be, with its place
 */
export async function loadBatch(folder: string): Promise<BatchFiles> {
  const names = await readdir(folder).catch(() => {
    throw new CliError(`There is no folder ${folder}`);
  });
  const files = names.filter((name) => name.toLowerCase().endsWith('.csv'));
  const [file] = files;
  if (file === undefined || files.length > 1)
    throw new CliError(`${folder}: expected one *.csv, found ${files.length}`);
  const options = BatchOptions.safeParse({
    ...Object(await readJson(folder, 'options.json')),
    brief: (await read(folder, 'brief.md')).trim(),
    template: await readJson(folder, 'template.json'),
    brand: await readJson(folder, 'brand.json'),
  });
  if (!options.success) throw new CliError(`${folder}:\n${z.prettifyError(options.error)}`);
  return { rows: new Blob([await readFile(join(folder, file))], { type: 'text/csv' }), options: options.data };
}

async function readJson(folder: string, name: string): Promise<unknown> {
  const text = await read(folder, name);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CliError(`${join(folder, name)}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function read(folder: string, name: string): Promise<string> {
  return readFile(join(folder, name), 'utf8').catch(() => {
    throw new CliError(`There is no ${join(folder, name)}`);
  });
}
