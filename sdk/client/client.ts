import type { z } from 'zod';
import type {
  Batch,
  BatchDetail,
  BatchResume,
  Document,
  DocumentDecision,
  DocumentDetail,
} from '../../contracts/documents/batches-api.schema.ts';
import type { Contact, ContactChange } from '../../contracts/contacts/contacts-api.schema.ts';
import type { Course, CourseRun } from '../../contracts/courses/courses-api.schema.ts';
import type { Accepted, Enrollment, ProgressAnswer } from '../../contracts/courses/enrollments-api.schema.ts';
import type { EventInput, EventsAnswer } from '../../contracts/contacts/events-api.schema.ts';
import type { Decision, Gate } from '../../contracts/approvals/gates-api.schema.ts';
import type {
  Journey,
  JourneyDetail,
  JourneyStartRequest,
  JourneyStats,
  JourneyVerdict,
  JourneyVersion,
  JourneyVersionDetail,
  PublishedJourney,
  SimulationAnswer,
  SimulationRequest,
  StartedRun,
  SwitchedJourney,
} from '../../contracts/journeys/journeys-api.schema.ts';
import type { AcceptedOperation, Run, RunDetail, RunOperation, Step } from '../../contracts/runs/runs-api.schema.ts';
import type { StoredTemplate, TemplateKind, TemplateVersion } from '../../contracts/journeys/templates-api.schema.ts';
import type { BatchOptions } from '../../contracts/documents/batch.schema.ts';
import type { CourseInput, CourseRunInput } from '../../contracts/courses/course.schema.ts';
import type { EnrollmentRequest, ProgressEvent } from '../../contracts/courses/enrollment.schema.ts';
import { callApi, openApi, type ApiRequest, type Connection } from './http.ts';

export { ApiProblem, type ApiRequest, type Connection } from './http.ts';

/** A page of a list; `nextCursor` is null on the last. */
export type Page<Item> = { items: Item[]; nextCursor: string | null };
/** What a list is asked for: filters, `limit` and the `cursor` of the page before. */
export type Query = Record<string, string | number | undefined>;
/** Makes a write that starts something happen once, however often it is sent. */
export type Once = { idempotencyKey?: string };

/** The API as functions; every one throws `ApiProblem` for a refusal. */
export type Client = ReturnType<typeof createClient>;

/** A typed client of the API, for scripts, services and the command line. Holds no state; needs only `fetch`. */
export function createClient(connection: Connection) {
  const call = <T>(request: ApiRequest): Promise<T> => callApi<T>(connection, request);
  const get = <T>(path: string, query: Query = {}): Promise<T> => call<T>({ path, query });
  const put = <T>(path: string, body: unknown): Promise<T> => call<T>({ method: 'PUT', path, body });
  const post = <T>(path: string, body: unknown = {}, once: Once = {}): Promise<T> =>
    call<T>({ method: 'POST', path, body, idempotencyKey: once.idempotencyKey });

  return {
    /** Any request that has no function here. */
    call,
    contacts: {
      put: (externalId: string, change: ContactChange) => put<Contact>(at`/v1/contacts/${externalId}`, change),
      show: (externalId: string) => get<Contact>(at`/v1/contacts/${externalId}`),
      list: (query?: Query) => get<Page<Contact>>('/v1/contacts', query),
      erase: (externalId: string) => call<undefined>({ method: 'DELETE', path: at`/v1/contacts/${externalId}` }),
    },
    events: {
      /** 1 to 1,000 events; safe to repeat, as an event's id counts once. */
      send: (events: z.input<typeof EventInput>[]) => post<EventsAnswer>('/v1/events', { events }),
    },
    journeys: {
      put: (slug: string, definition: unknown, expectedRev?: number) =>
        put<JourneyDetail>(at`/v1/journeys/${slug}`, {
          definition,
          ...(expectedRev === undefined ? {} : { expectedRev }),
        }),
      show: (slug: string) => get<JourneyDetail>(at`/v1/journeys/${slug}`),
      list: (query?: Query) => get<Page<Journey>>('/v1/journeys', query),
      validate: (slug: string, definition?: unknown) =>
        post<JourneyVerdict>(at`/v1/journeys/${slug}/validate`, definition === undefined ? {} : { definition }),
      simulate: (slug: string, request: SimulationRequest) =>
        post<SimulationAnswer>(at`/v1/journeys/${slug}/simulate`, request),
      publish: (slug: string, expectedRev?: number) =>
        post<PublishedJourney>(at`/v1/journeys/${slug}/publish`, expectedRev === undefined ? {} : { expectedRev }),
      pause: (slug: string, reason: string) => post<SwitchedJourney>(at`/v1/journeys/${slug}/pause`, { reason }),
      resume: (slug: string, reason: string) => post<SwitchedJourney>(at`/v1/journeys/${slug}/resume`, { reason }),
      stop: (slug: string, reason: string) => post<SwitchedJourney>(at`/v1/journeys/${slug}/stop`, { reason }),
      versions: (slug: string, query?: Query) => get<Page<JourneyVersion>>(at`/v1/journeys/${slug}/versions`, query),
      version: (slug: string, version: number) =>
        get<JourneyVersionDetail>(at`/v1/journeys/${slug}/versions/${version}`),
      stats: (slug: string) => get<JourneyStats>(at`/v1/journeys/${slug}/stats`),
      start: (slug: string, start: z.input<typeof JourneyStartRequest>, once?: Once) =>
        post<StartedRun>(at`/v1/journeys/${slug}/runs`, start, once),
    },
    templates: {
      put: (kind: TemplateKind, slug: string, content: unknown) =>
        put<StoredTemplate>(at`/v1/templates/${kind}/${slug}`, { content }),
      show: (kind: TemplateKind, slug: string) => get<TemplateVersion>(at`/v1/templates/${kind}/${slug}`),
    },
    courses: {
      put: (slug: string, course: CourseInput) => put<Course>(at`/v1/courses/${slug}`, course),
      show: (slug: string) => get<Course>(at`/v1/courses/${slug}`),
      putRun: (slug: string, run: string, details: CourseRunInput) =>
        put<CourseRun>(at`/v1/courses/${slug}/runs/${run}`, details),
      showRun: (slug: string, run: string) => get<CourseRun>(at`/v1/courses/${slug}/runs/${run}`),
    },
    enrollments: {
      request: (request: EnrollmentRequest, once?: Once) => post<Enrollment>('/v1/enrollments', request, once),
      show: (id: string) => get<Enrollment>(at`/v1/enrollments/${id}`),
      list: (query?: Query) => get<Page<Enrollment>>('/v1/enrollments', query),
      answerOffer: (id: string, answer: 'accept' | 'decline', once?: Once) =>
        post<Accepted>(at`/v1/enrollments/${id}/offer`, { answer }, once),
      withdraw: (id: string, reason: string, once?: Once) =>
        post<Accepted>(at`/v1/enrollments/${id}/withdraw`, { reason }, once),
      /** 1 to 1,000 pieces of learning; safe to repeat, as an event's id counts once. */
      report: (events: ProgressEvent[]) => post<ProgressAnswer>('/v1/progress', { events }),
    },
    batches: {
      /** Starts a batch: `rows` is CSV with a header line, `options` say what becomes of them. */
      create: (rows: Blob, options: z.input<typeof BatchOptions>, once: Once = {}) => {
        const body = new FormData();
        body.set('options', JSON.stringify(options));
        body.set('rows', rows, 'rows.csv');
        return call<Batch>({ method: 'POST', path: '/v1/batches', body, idempotencyKey: once.idempotencyKey });
      },
      list: (query?: Query) => get<Page<Batch>>('/v1/batches', query),
      show: (id: string) => get<BatchDetail>(at`/v1/batches/${id}`),
      documents: (id: string, query?: Query) => get<Page<Document>>(at`/v1/batches/${id}/documents`, query),
      pause: (id: string, reason: string) => post<Batch>(at`/v1/batches/${id}/pause`, { reason }),
      resume: (id: string, resume: BatchResume) => post<Batch>(at`/v1/batches/${id}/resume`, resume),
      cancel: (id: string, reason: string) => post<Batch>(at`/v1/batches/${id}/cancel`, { reason }),
      /** The rows without a document as CSV, unread. */
      errors: (id: string): Promise<Response> => openApi(connection, { path: at`/v1/batches/${id}/errors.csv` }),
      /** The ZIP of all documents, unread. */
      archive: (id: string): Promise<Response> => openApi(connection, { path: at`/v1/batches/${id}/archive` }),
    },
    documents: {
      show: (id: string) => get<DocumentDetail>(at`/v1/documents/${id}`),
      decide: (id: string, decision: DocumentDecision) => post<Document>(at`/v1/documents/${id}/decisions`, decision),
      /** A document's file, unread. */
      content: (id: string, format: 'pdf' | 'html'): Promise<Response> =>
        openApi(connection, { path: at`/v1/documents/${id}/content`, query: { format } }),
    },
    runs: {
      list: (query?: Query) => get<Page<Run>>('/v1/runs', query),
      show: (id: string) => get<RunDetail>(at`/v1/runs/${id}`),
      steps: (id: string, query?: Query) => get<Page<Step>>(at`/v1/runs/${id}/steps`, query),
      operate: (id: string, operation: RunOperation, once?: Once) =>
        post<AcceptedOperation>(at`/v1/runs/${id}/operations`, operation, once),
    },
    gates: {
      list: (query?: Query) => get<Page<Gate>>('/v1/gates', query),
      show: (id: string) => get<Gate>(at`/v1/gates/${id}`),
      decide: (id: string, decision: Decision, once?: Once) =>
        post<Gate>(at`/v1/gates/${id}/decisions`, decision, once),
    },
  };
}

/** A path whose parts are encoded: an external id may hold anything. */
function at(texts: TemplateStringsArray, ...parts: (string | number)[]): string {
  return texts.map((text, index) => text + encodeURIComponent(String(parts[index] ?? ''))).join('');
}
