import type { Client } from '../../sdk/client/client.ts';
import { apiClient, explained } from '../support/api.ts';
import { CliError, say } from '../support/output.ts';
import { findFiles } from './find-files.ts';
import { loadJourney, type LoadedJourney } from './load-journey.ts';
import { loadTemplate } from './load-template.ts';
import { pushJourney, type PushedJourney } from './push-journey.ts';

/** How `throughline push` was called. */
export type PushOptions = { isDraft: boolean; isJson: boolean };

/** What became of a template; not `changed`: its latest version had this content already. */
export type PushedTemplate = {
  kind: 'message' | 'prompt' | 'document';
  slug: string;
  file: string;
  changed: boolean;
  version: number;
};

/** What a push did. */
export type PushResult = { templates: PushedTemplate[]; journeys: PushedJourney[] };

/**
 * Pushes templates, then journeys, which may name them.
 * @returns the exit code: 1 when a journey has problems
 * @throws CliError for what cannot be read or is refused
 */
export async function runPush(paths: readonly string[], options: PushOptions): Promise<number> {
  const result = await push(apiClient(), paths, options.isDraft);
  if (options.isJson) say(JSON.stringify(result));
  else linesOf(result, options.isDraft).forEach(say);
  return result.journeys.every((journey) => journey.ok) ? 0 : 1;
}

/** Pushes what the paths mean, with the given client. Everything is read before anything is sent. */
export async function push(client: Client, paths: readonly string[], isDraft: boolean): Promise<PushResult> {
  const files = await findFiles(paths);
  const templates = await Promise.all(files.templates.map(loadTemplate));
  const journeys = (await Promise.all(files.journeys.map(loadJourney))).filter((loaded) => loaded !== null);
  refuseTwins(journeys);
  if (templates.length + journeys.length === 0) throw new CliError('There is nothing to push here.');
  const result: PushResult = { templates: [], journeys: [] };
  for (const { kind, slug, file, content } of templates) {
    const stored = await explained(() => client.templates.put(kind, slug, content), file);
    result.templates.push({ kind, slug, file, changed: stored.created, version: stored.version });
  }
  for (const journey of journeys) {
    result.journeys.push(await explained(() => pushJourney(client, journey, isDraft), journey.file));
  }
  return result;
}

function refuseTwins(journeys: readonly LoadedJourney[]): void {
  const files = new Map<string, string>();
  for (const { slug, file } of journeys) {
    const twin = files.get(slug);
    if (twin !== undefined) throw new CliError(`${twin} and ${file} both define the journey ${slug}`);
    files.set(slug, file);
  }
}

function linesOf(result: PushResult, isDraft: boolean): string[] {
  return [
    ...result.templates.map(
      ({ kind, slug, version, changed }) => `${kind} ${slug}@${version} ${changed ? 'stored' : 'unchanged'}`,
    ),
    ...result.journeys.flatMap((journey) => journeyLines(journey, isDraft)),
  ];
}

function journeyLines(
  { slug, file, ok, changed, version, status, problems }: PushedJourney,
  isDraft: boolean,
): string[] {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  if (!ok) {
    const details = problems.map(
      ({ node, path, message, hint }) => `  ${node === null ? path : `${node} (${path})`}: ${message}. ${hint}`,
    );
    return [`journey ${slug} not published: ${count} in ${file}`, ...details];
  }
  if (isDraft) return [`journey ${slug} ${changed ? 'draft stored' : 'draft unchanged'}`];
  return [`journey ${slug} version ${version} is ${status}${changed ? '' : ', unchanged'}`];
}
