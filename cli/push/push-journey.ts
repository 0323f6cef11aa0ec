import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { JourneyProblem, type JourneyDetail } from '../../contracts/journeys/journeys-api.schema.ts';
import { ApiProblem, type Client } from '../../sdk/client/client.ts';
import type { LoadedJourney } from './load-journey.ts';

/** What became of a journey: `changed` says whether the draft differed, `version` is the live one, null for a draft. */
export type PushedJourney = {
  kind: 'journey';
  slug: string;
  file: string;
  ok: boolean;
  changed: boolean;
  version: number | null;
  status: string | null;
  problems: z.infer<typeof JourneyProblem>[];
};

/**
 * Stores a journey's draft, where it differs from the one that is there, and publishes it. Problems come back pinned to nodes;
 * then nothing is published. Refuses to overwrite a draft that someone else changes meanwhile.
 * @throws ApiProblem for any other refusal
 */
export async function pushJourney(client: Client, loaded: LoadedJourney, isDraft: boolean): Promise<PushedJourney> {
  const { slug, file, definition } = loaded;
  const current = await findJourney(client, slug);
  const changed = !current || !isDeepStrictEqual(current.draft, definition);
  const stored = changed ? await client.journeys.put(slug, definition, current?.rev ?? 0) : current;
  const { problems, status, liveVersion } = stored;
  const result = { kind: 'journey', slug, file, changed } as const;
  if (isDraft || problems.length > 0)
    return { ...result, ok: problems.length === 0, version: liveVersion, status, problems };
  try {
    const published = await client.journeys.publish(slug, stored.rev);
    return { ...result, ok: true, version: published.version, status: published.journey.status, problems: [] };
  } catch (error) {
    const found = error instanceof ApiProblem ? z.array(JourneyProblem).safeParse(error.problem['problems']) : null;
    if (!found?.success) throw error;
    return { ...result, ok: false, version: liveVersion, status, problems: found.data };
  }
}

async function findJourney(client: Client, slug: string): Promise<JourneyDetail | null> {
  try {
    return await client.journeys.show(slug);
  } catch (error) {
    if (error instanceof ApiProblem && error.code === 'journey.notFound') return null;
    throw error;
  }
}
