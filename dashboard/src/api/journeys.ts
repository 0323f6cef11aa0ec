import { queryOptions } from '@tanstack/react-query';
import {
  JourneyDetail,
  JourneyStats,
  JourneyVersion,
  JourneyVersionDetail,
  ListedJourney,
  PublishedJourney,
  SimulationAnswer,
  type SimulationRequest,
  StartedRun,
  SwitchedJourney,
} from '../../../contracts/journeys/journeys-api.schema.ts';
import { listQuery } from './http/pages.ts';
import { request } from './http/request.ts';

/** Journeys with their numbers, under these filters. */
export function journeysQuery(query: { status?: string | undefined; q?: string | undefined }) {
  const topics = ['journey', 'run', 'incident'] as const;
  return listQuery({ path: '/v1/journeys', item: ListedJourney, query, meta: { topics } });
}

/** One journey with its draft and its problems. */
export function journeyQuery(slug: string) {
  return queryOptions({
    queryKey: ['/v1/journeys', slug],
    queryFn: ({ signal }) => request(JourneyDetail, `/v1/journeys/${slug}`, { signal }),
    meta: { topics: ['journey'] },
  });
}

/** How people go through a journey, or through one version of it. */
export function journeyStatsQuery(slug: string, version: number | undefined) {
  return queryOptions({
    queryKey: ['/v1/journeys', slug, 'stats', version],
    queryFn: ({ signal }) => request(JourneyStats, `/v1/journeys/${slug}/stats`, { query: { version }, signal }),
    meta: { topics: ['run', 'incident', 'journey'] },
  });
}

/** The published versions of a journey, the newest first. */
export function versionsQuery(slug: string) {
  const path = `/v1/journeys/${slug}/versions`;
  return listQuery({ path, item: JourneyVersion, query: {}, meta: { topics: ['journey'] } });
}

/** A published version with its definition; it never changes. */
export function versionQuery(slug: string, version: number) {
  return queryOptions({
    queryKey: ['/v1/journeys', slug, 'versions', version],
    queryFn: ({ signal }) => request(JourneyVersionDetail, `/v1/journeys/${slug}/versions/${version}`, { signal }),
    staleTime: Infinity,
  });
}

/** Makes the draft the newest version; `expectedRev` is the draft that the person saw. @throws ApiProblem */
export function publishJourney(slug: string, expectedRev: number): Promise<PublishedJourney> {
  return request(PublishedJourney, `/v1/journeys/${slug}/publish`, { method: 'POST', body: { expectedRev } });
}

/** Pauses a journey, lets it go on or stops it, for a reason. @throws ApiProblem */
export function switchJourney(slug: string, to: 'pause' | 'resume' | 'stop', reason: string): Promise<SwitchedJourney> {
  return request(SwitchedJourney, `/v1/journeys/${slug}/${to}`, { method: 'POST', body: { reason } });
}

/** Starts a person in a journey. `once` is the same for each try of one start. @throws ApiProblem */
export function startPerson(slug: string, contact: string, once: string): Promise<StartedRun> {
  return request(StartedRun, `/v1/journeys/${slug}/runs`, { method: 'POST', body: { contact }, once });
}

/** Lets a person go through a definition without any effect. @throws ApiProblem */
export function simulateJourney(slug: string, what: SimulationRequest): Promise<SimulationAnswer> {
  return request(SimulationAnswer, `/v1/journeys/${slug}/simulate`, { method: 'POST', body: what });
}
