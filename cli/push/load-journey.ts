import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CliError } from '../support/output.ts';
import { readJson } from '../support/read-json.ts';

/** A definition from a file: not validated yet, but it names its journey. */
export type LoadedJourney = { file: string; slug: string; definition: Record<string, unknown> };

/**
 * Loads a journey from a TypeScript module (its default export) or a JSON file. Null for a module without a default export:
 * events and schemas lie beside journeys.
 * @throws CliError when the file cannot be read or is no journey
 */
export async function loadJourney(file: string): Promise<LoadedJourney | null> {
  const definition = file.endsWith('.json') ? await readJson(file) : await importDefault(file);
  if (definition === undefined) return null;
  if (
    typeof definition !== 'object' ||
    definition === null ||
    !('slug' in definition) ||
    typeof definition.slug !== 'string'
  ) {
    throw new CliError(`${file}: not a journey; export one by default (defineJourney) with a slug`);
  }
  // Through JSON, as it is sent: what a definition is, and nothing else.
  const json: unknown = JSON.parse(JSON.stringify(definition));
  return { file, slug: definition.slug, definition: json as Record<string, unknown> };
}

async function importDefault(file: string): Promise<unknown> {
  try {
    const module = (await import(pathToFileURL(resolve(file)).href)) as { default?: unknown };
    return module.default;
  } catch (error) {
    throw new CliError(`${basename(file)}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
