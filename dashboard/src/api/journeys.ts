import { queryOptions } from '@tanstack/react-query';
import {
  JourneyDetail,
  JourneyStats,
  JourneyVersionDetail,
  ListedJourney,
} from '../../../contracts/journeys/journeys-api.schema.ts';
import type { ListRequest } from './pages.ts';
import { request } from './request.ts';

/** Journeys with their numbers, under these filters. */
export function journeysRequest(query: {
  status?: string | undefined;
  q?: string | undefined;
}): ListRequest<ListedJourney> {
  return { path: '/v1/journeys', item: ListedJourney, query, meta: { topics: ['journey', 'run', 'incident'] } };
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

/** A published version with its definition; it never changes. */
export function versionQuery(slug: string, version: number) {
  return queryOptions({
    queryKey: ['/v1/journeys', slug, 'versions', version],
    queryFn: ({ signal }) => request(JourneyVersionDetail, `/v1/journeys/${slug}/versions/${version}`, { signal }),
    staleTime: Infinity,
  });
}
