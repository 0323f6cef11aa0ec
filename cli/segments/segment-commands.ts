import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { Slug } from '../../contracts/core/values.schema.ts';
import { SegmentInput } from '../../contracts/segments/segments-api.schema.ts';
import { segmentRoutes } from '../../contracts/segments/segments.routes.ts';
import type { Client } from '../../sdk/client/client.ts';
import { apiClient, explained } from '../support/api.ts';
import { CliError, say, sentence } from '../support/output.ts';
import { table } from '../support/table.ts';

/** A segment as a file has it. */
const SegmentFile = z.strictObject({ slug: Slug, ...SegmentInput.shape });

/** Prints all segments. @throws CliError for a refusal */
export async function listSegments(client: Client = apiClient()): Promise<void> {
  const { items } = await explained(() => client.call(segmentRoutes.list, {}));
  const rows = items.map(({ slug, name, members, state, looked }) => [
    slug,
    name,
    String(members),
    state === 'ready' ? state : `building, ${looked} looked at`,
  ]);
  table([['slug', 'name', 'members', 'state'], ...rows]).forEach(say);
}

/** Prints a segment as a file has it, or where a contact stands in it. @throws CliError for a refusal */
export async function showSegment(
  slug: string,
  { contact }: { contact?: string },
  client: Client = apiClient(),
): Promise<void> {
  if (contact === undefined) {
    const { name, rule } = await explained(() => client.call(segmentRoutes.show, { slug }), slug);
    say(JSON.stringify({ slug, name, rule }, null, 2));
    return;
  }
  const why = await explained(() => client.call(segmentRoutes.why, { slug, externalId: contact }), slug);
  say(why.isMember ? `${contact} is in ${slug} since ${why.since}` : `${contact} is not in ${slug}`);
  table(why.parts.map(({ path, kind, holds }) => [holds ? 'yes' : 'no', path, kind])).forEach(say);
}

/** Makes or replaces the segments of files, one after the other, as one may name another. @throws CliError at the first that is refused */
export async function pushSegments(files: readonly string[], client: Client = apiClient()): Promise<void> {
  const segments = await Promise.all(files.map(readSegment));
  for (const { slug, ...body } of segments) {
    const { version, state } = await explained(() => client.call(segmentRoutes.put, { slug, body }), slug);
    say(`${slug}: version ${version}, ${state}`);
  }
}

/** Says whom the rule of a file means now. @throws CliError for a refusal */
export async function previewSegment(file: string, client: Client = apiClient()): Promise<void> {
  const { slug, rule } = await readSegment(file);
  const found = await explained(() => client.call(segmentRoutes.preview, { body: { rule } }), slug);
  say(`${found.people} of ${found.isExact ? 'all' : 'the newest'} ${found.looked} contacts`);
  found.sample.forEach(say);
}

async function readSegment(file: string): Promise<z.infer<typeof SegmentFile>> {
  try {
    return SegmentFile.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    const issue = error instanceof z.ZodError ? error.issues[0] : undefined;
    throw new CliError(`${file}: ${issue ? `${issue.path.join('.')}: ${issue.message}` : sentence(error)}`);
  }
}
