import type { z } from 'zod';
import { gateRoutes } from '../../contracts/approvals/gates.routes.ts';
import { contactRoutes } from '../../contracts/contacts/contacts.routes.ts';
import { eventRoutes } from '../../contracts/contacts/events.routes.ts';
import type { BodyOf, CallOf, QueryOf, Route } from '../../contracts/http/route.ts';
import { courseRoutes } from '../../contracts/courses/courses.routes.ts';
import { enrollmentRoutes } from '../../contracts/courses/enrollments.routes.ts';
import { progressRoutes } from '../../contracts/courses/progress.routes.ts';
import type { BatchOptions } from '../../contracts/documents/batch.schema.ts';
import { batchRoutes } from '../../contracts/documents/batches.routes.ts';
import { documentRoutes } from '../../contracts/documents/documents.routes.ts';
import { journeyRoutes } from '../../contracts/journeys/journeys.routes.ts';
import type { TemplateKind } from '../../contracts/journeys/templates-api.schema.ts';
import { templateRoutes } from '../../contracts/journeys/templates.routes.ts';
import { bulkRoutes } from '../../contracts/runs/bulk.routes.ts';
import { runRoutes } from '../../contracts/runs/runs.routes.ts';
import { callApi, type Connection, openApi } from './http.ts';

export { ApiProblem, type Connection } from './http.ts';

/** Makes a write that starts something happen once, however often it is sent. */
export type Once = { idempotencyKey?: string };

/** The API as functions; every one throws `ApiProblem` for a refusal. */
export type Client = ReturnType<typeof createClient>;

/** A typed client of the API, for scripts, services and the command line. Holds no state; needs only `fetch`. */
export function createClient(connection: Connection) {
  const call = <R extends Route>(route: R, parts: CallOf<R>) => callApi(connection, route, parts);

  return {
    /** Any route that has no function here. */
    call,
    contacts: {
      put: (externalId: string, body: BodyOf<typeof contactRoutes.put>) =>
        call(contactRoutes.put, { externalId, body }),
      show: (externalId: string) => call(contactRoutes.show, { externalId }),
      list: (query?: QueryOf<typeof contactRoutes.list>) => call(contactRoutes.list, { query }),
      erase: (externalId: string) => call(contactRoutes.erase, { externalId }),
    },
    events: {
      /** 1 to 1,000 events; safe to repeat, as an event's id counts once. */
      send: (events: BodyOf<typeof eventRoutes.takeIn>['events']) => call(eventRoutes.takeIn, { body: { events } }),
      /** The names of events that no journey knows. */
      unknown: () => call(eventRoutes.unknown, {}),
    },
    journeys: {
      put: (slug: string, definition: BodyOf<typeof journeyRoutes.put>['definition'], expectedRev?: number) =>
        call(journeyRoutes.put, { slug, body: { definition, expectedRev } }),
      show: (slug: string) => call(journeyRoutes.show, { slug }),
      list: (query?: QueryOf<typeof journeyRoutes.list>) => call(journeyRoutes.list, { query }),
      validate: (slug: string, definition?: BodyOf<typeof journeyRoutes.validate>['definition']) =>
        call(journeyRoutes.validate, { slug, body: { definition } }),
      simulate: (slug: string, body: BodyOf<typeof journeyRoutes.simulate>) =>
        call(journeyRoutes.simulate, { slug, body }),
      publish: (slug: string, expectedRev?: number) => call(journeyRoutes.publish, { slug, body: { expectedRev } }),
      pause: (slug: string, reason: string) => call(journeyRoutes.pause, { slug, body: { reason } }),
      resume: (slug: string, reason: string) => call(journeyRoutes.resume, { slug, body: { reason } }),
      stop: (slug: string, reason: string) => call(journeyRoutes.stop, { slug, body: { reason } }),
      versions: (slug: string, query?: QueryOf<typeof journeyRoutes.versions>) =>
        call(journeyRoutes.versions, { slug, query }),
      version: (slug: string, version: number) => call(journeyRoutes.version, { slug, version }),
      /** Who would be moved to a version, who would stay, and why. */
      previewMove: (slug: string, version: number) => call(journeyRoutes.previewMove, { slug, version }),
      move: (slug: string, version: number, reason: string, once: Once = {}) =>
        call(journeyRoutes.move, { slug, version, body: { reason }, once: once.idempotencyKey }),
      /** Lets many people in, piece by piece; a dry run counts them alone. */
      enter: (slug: string, body: BodyOf<typeof journeyRoutes.enter>, once: Once = {}) =>
        call(journeyRoutes.enter, { slug, body, once: once.idempotencyKey }),
      stats: (slug: string) => call(journeyRoutes.stats, { slug }),
      start: (slug: string, body: BodyOf<typeof journeyRoutes.start>, once: Once = {}) =>
        call(journeyRoutes.start, { slug, body, once: once.idempotencyKey }),
    },
    templates: {
      put: (kind: TemplateKind, slug: string, content: BodyOf<typeof templateRoutes.put>['content']) =>
        call(templateRoutes.put, { kind, slug, body: { content } }),
      show: (kind: TemplateKind, slug: string) => call(templateRoutes.show, { kind, slug }),
    },
    courses: {
      put: (slug: string, body: BodyOf<typeof courseRoutes.put>) => call(courseRoutes.put, { slug, body }),
      show: (slug: string) => call(courseRoutes.get, { slug }),
      putRun: (slug: string, runSlug: string, body: BodyOf<typeof courseRoutes.putRun>) =>
        call(courseRoutes.putRun, { slug, runSlug, body }),
      showRun: (slug: string, runSlug: string) => call(courseRoutes.getRun, { slug, runSlug }),
    },
    enrollments: {
      request: (body: BodyOf<typeof enrollmentRoutes.request>, once: Once = {}) =>
        call(enrollmentRoutes.request, { body, once: once.idempotencyKey }),
      show: (id: string) => call(enrollmentRoutes.get, { id }),
      list: (query?: QueryOf<typeof enrollmentRoutes.list>) => call(enrollmentRoutes.list, { query }),
      answerOffer: (id: string, answer: 'accept' | 'decline', once: Once = {}) =>
        call(enrollmentRoutes.answer, { id, body: { answer }, once: once.idempotencyKey }),
      withdraw: (id: string, reason: string, once: Once = {}) =>
        call(enrollmentRoutes.withdraw, { id, body: { reason }, once: once.idempotencyKey }),
      /** Takes a withdrawal back that is not decided yet. */
      stay: (id: string, once: Once = {}) => call(enrollmentRoutes.stay, { id, once: once.idempotencyKey }),
      /** 1 to 1,000 pieces of learning; safe to repeat, as an event's id counts once. */
      report: (events: BodyOf<typeof progressRoutes.takeIn>['events']) =>
        call(progressRoutes.takeIn, { body: { events } }),
    },
    batches: {
      /** Starts a batch: `rows` is CSV with a header line, `options` say what becomes of them. */
      create: (rows: Blob, options: z.input<typeof BatchOptions>, once: Once = {}) => {
        const form = new FormData();
        form.set('options', JSON.stringify(options));
        form.set('rows', rows, 'rows.csv');
        return call(batchRoutes.create, { form, once: once.idempotencyKey });
      },
      list: (query?: QueryOf<typeof batchRoutes.list>) => call(batchRoutes.list, { query }),
      show: (id: string) => call(batchRoutes.show, { id }),
      documents: (id: string, query?: QueryOf<typeof batchRoutes.listDocuments>) =>
        call(batchRoutes.listDocuments, { id, query }),
      pause: (id: string, reason: string) => call(batchRoutes.pause, { id, body: { reason } }),
      resume: (id: string, body: BodyOf<typeof batchRoutes.resume>) => call(batchRoutes.resume, { id, body }),
      cancel: (id: string, reason: string) => call(batchRoutes.cancel, { id, body: { reason } }),
      /** Makes the rows again that an ended batch has no document of, as a new batch. */
      again: (id: string, body: BodyOf<typeof batchRoutes.again>, once: Once = {}) =>
        call(batchRoutes.again, { id, body, once: once.idempotencyKey }),
      /** The rows without a document as CSV, unread. */
      errors: (id: string) => openApi(connection, batchRoutes.errors, { id }),
      /** The ZIP of all documents, unread. */
      archive: (id: string) => openApi(connection, batchRoutes.archive, { id }),
    },
    documents: {
      show: (id: string) => call(documentRoutes.show, { id }),
      decide: (id: string, body: BodyOf<typeof documentRoutes.decide>) => call(documentRoutes.decide, { id, body }),
      /** The texts that a document has and had. */
      drafts: (id: string) => call(documentRoutes.drafts, { id }),
      /** Changes the text of a document in review, or has it written anew with a note. */
      redraft: (id: string, body: BodyOf<typeof documentRoutes.redraft>, once: Once = {}) =>
        call(documentRoutes.redraft, { id, body, once: once.idempotencyKey }),
      /** Takes back a draft that is not made yet. */
      dropDraft: (id: string) => call(documentRoutes.dropDraft, { id }),
      /** A document's file, unread. */
      content: (id: string, format: 'pdf' | 'html') =>
        openApi(connection, documentRoutes.content, { id, query: { format } }),
    },
    runs: {
      list: (query?: QueryOf<typeof runRoutes.list>) => call(runRoutes.list, { query }),
      show: (id: string) => call(runRoutes.show, { id }),
      steps: (id: string, query?: QueryOf<typeof runRoutes.steps>) => call(runRoutes.steps, { id, query }),
      operate: (id: string, body: BodyOf<typeof runRoutes.operate>, once: Once = {}) =>
        call(runRoutes.operate, { id, body, once: once.idempotencyKey }),
    },
    /** Operations on many runs, which the server does piece by piece. */
    bulk: {
      start: (body: BodyOf<typeof bulkRoutes.start>, once: Once = {}) =>
        call(bulkRoutes.start, { body, once: once.idempotencyKey }),
      list: (query?: QueryOf<typeof bulkRoutes.list>) => call(bulkRoutes.list, { query }),
      show: (id: string) => call(bulkRoutes.show, { id }),
      refusals: (id: string, query?: QueryOf<typeof bulkRoutes.refusals>) => call(bulkRoutes.refusals, { id, query }),
      pause: (id: string) => call(bulkRoutes.pause, { id }),
      resume: (id: string) => call(bulkRoutes.resume, { id }),
      cancel: (id: string) => call(bulkRoutes.cancel, { id }),
    },
    gates: {
      list: (query?: QueryOf<typeof gateRoutes.list>) => call(gateRoutes.list, { query }),
      show: (id: string) => call(gateRoutes.show, { id }),
      decide: (id: string, body: BodyOf<typeof gateRoutes.decide>, once: Once = {}) =>
        call(gateRoutes.decide, { id, body, once: once.idempotencyKey }),
    },
  };
}
