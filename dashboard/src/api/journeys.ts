import { queryOptions } from '@tanstack/react-query';
import { eventRoutes } from '../../../contracts/contacts/events.routes.ts';
import { addressOf, type QueryOf } from '../../../contracts/http/route.ts';
import type {
  PublishedJourney,
  SimulationAnswer,
  SimulationRequest,
  SimulationTest,
  JourneyStartRequest,
  StartedRun,
  SwitchedJourney,
} from '../../../contracts/journeys/journeys-api.schema.ts';
import type { TestMailAsked } from '../../../contracts/messaging/test-mails-api.schema.ts';
import { journeyRoutes } from '../../../contracts/journeys/journeys.routes.ts';
import { listQuery } from './http/pages.ts';
import { request } from './http/request.ts';

/** Journeys with their numbers, under these filters. */
export function journeysQuery(query: QueryOf<typeof journeyRoutes.list>) {
  const topics = ['journey', 'run', 'incident'] as const;
  return listQuery({ route: journeyRoutes.list, call: { query }, meta: { topics } });
}

/** The first few journeys to propose for what has been typed; they do not change while it is read. */
export function proposedJourneysQuery(q: string | undefined) {
  return listQuery({ route: journeyRoutes.list, call: { query: { q } }, limit: 8, meta: { topics: [] } });
}

/** One journey with its draft and its problems. */
export function journeyQuery(slug: string) {
  return queryOptions({
    queryKey: [journeyRoutes.list.path, slug],
    queryFn: ({ signal }) => request(journeyRoutes.show, { slug, signal }),
    meta: { topics: ['journey'] },
  });
}

/** How people go through a journey, or through one version of it. */
export function journeyStatsQuery(slug: string, version: number | undefined) {
  return queryOptions({
    queryKey: [journeyRoutes.list.path, slug, 'stats', version],
    queryFn: ({ signal }) => request(journeyRoutes.stats, { slug, query: { version }, signal }),
    meta: { topics: ['run', 'incident', 'journey'] },
  });
}

/** The published versions of a journey, the newest first. */
export function versionsQuery(slug: string) {
  return listQuery({ route: journeyRoutes.versions, call: { slug }, meta: { topics: ['journey'] } });
}

/** A published version with its definition; it never changes. */
export function versionQuery(slug: string, version: number) {
  return queryOptions({
    queryKey: [journeyRoutes.list.path, slug, 'versions', version],
    queryFn: ({ signal }) => request(journeyRoutes.version, { slug, version, signal }),
    staleTime: Infinity,
  });
}

/** The names of events that no journey knows. */
export const unknownEventsQuery = queryOptions({
  queryKey: [eventRoutes.unknown.path],
  queryFn: ({ signal }) => request(eventRoutes.unknown, { signal }),
  meta: { topics: ['journey'] },
});

/** Makes the draft the newest version; `expectedRev` is the draft that the person saw. @throws ApiProblem */
export function publishJourney(slug: string, expectedRev: number): Promise<PublishedJourney> {
  return request(journeyRoutes.publish, { slug, body: { expectedRev } });
}

/** Pauses a journey, lets it go on or stops it, for a reason. @throws ApiProblem */
export function switchJourney(slug: string, to: 'pause' | 'resume' | 'stop', reason: string): Promise<SwitchedJourney> {
  return request(journeyRoutes[to], { slug, body: { reason } });
}

/** Starts a person in a journey. `once` is the same for each try of one start. @throws ApiProblem */
export function startPerson(slug: string, body: JourneyStartRequest, once: string): Promise<StartedRun> {
  return request(journeyRoutes.start, { slug, body, once });
}

/** Lets a person go through a definition without any effect. @throws ApiProblem */
export function simulateJourney(slug: string, what: SimulationRequest): Promise<SimulationAnswer> {
  return request(journeyRoutes.simulate, { slug, body: what });
}

/** Sends the mail of one step of a simulation to the person as a test. @throws ApiProblem */
export function testSimulatedMail(slug: string, what: SimulationTest): Promise<TestMailAsked> {
  return request(journeyRoutes.test, { slug, body: what });
}

/** The mail of a step, for a person by external id; for a made-up one where that is empty. */
type ShownMail = { slug: string; step: string; version: number | undefined; contact: string };

/** The mail that a step sends, or why it cannot be made for that person. */
export function stepMailQuery({ slug, step, ...shown }: ShownMail) {
  return queryOptions({
    queryKey: [journeyRoutes.stepMail.path, slug, step, shown],
    queryFn: ({ signal }) => request(journeyRoutes.stepMail, { slug, step, query: shownFor(shown), signal }),
    meta: { topics: ['journey'] },
    retry: false,
  });
}

/** Where that mail is shown. */
export function stepMailAddress({ slug, step, ...shown }: ShownMail): string {
  return addressOf(journeyRoutes.stepMailPage, { slug, step, query: shownFor(shown) });
}

/** Sends that mail to the person who asks as a test. @throws ApiProblem */
export function testStepMail({ slug, step, ...shown }: ShownMail): Promise<TestMailAsked> {
  return request(journeyRoutes.testStepMail, { slug, step, body: shownFor(shown) });
}

function shownFor({ version, contact }: Pick<ShownMail, 'version' | 'contact'>) {
  return { ...(version === undefined ? {} : { version }), ...(contact === '' ? {} : { contact }) };
}
