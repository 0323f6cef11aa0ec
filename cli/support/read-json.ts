import { readFile } from 'node:fs/promises';
import { CliError } from './output.ts';

/** Reads a JSON file, with or without the mark that Windows puts at its beginning. @throws CliError that names the file */
export async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse((await readFile(file, 'utf8')).replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new CliError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
