import { queryOptions } from '@tanstack/react-query';
import { addressOf, type QueryOf } from '../../../contracts/http/route.ts';
import type {
  Batch,
  BatchAgain,
  BatchResume,
  Document,
  DocumentDecision,
  DocumentDetail,
  NewDraft,
} from '../../../contracts/documents/batches-api.schema.ts';
import { batchRoutes } from '../../../contracts/documents/batches.routes.ts';
import { documentRoutes } from '../../../contracts/documents/documents.routes.ts';
import { listQuery } from './http/pages.ts';
import { request } from './http/request.ts';

/** Batches that are under way, that have ended, or all. */
export function batchesQuery(state: 'live' | 'ended' | undefined, limit = 50) {
  const topics = ['batch', 'run', 'document'] as const;
  return listQuery({ route: batchRoutes.list, call: { query: { state } }, limit, meta: { topics } });
}

/** One batch with its stages, its spend and how its documents stand. */
export function batchQuery(id: string) {
  return queryOptions({
    queryKey: [batchRoutes.list.path, id],
    queryFn: ({ signal }) => request(batchRoutes.show, { id, signal }),
    meta: { topics: ['batch', 'run', 'document', 'gate'] },
  });
}

/** The documents of a batch, in the order of the file. */
export function documentsQuery(id: string, query: QueryOf<typeof batchRoutes.listDocuments>) {
  const topics = ['document', 'batch'] as const;
  return listQuery({ route: batchRoutes.listDocuments, call: { id, query }, limit: 100, meta: { topics } });
}

/** One document with its row and what the checks found. */
export function documentQuery(id: string) {
  return queryOptions({
    queryKey: [documentRoutes.show.path, id],
    queryFn: ({ signal }) => request(documentRoutes.show, { id, signal }),
    meta: { topics: ['document', 'batch'] },
  });
}

/** Starts a batch; `form` has its options and its rows. `once` is the same for each try of one batch. @throws ApiProblem */
export function startBatch(form: FormData, once: string): Promise<Batch> {
  return request(batchRoutes.create, { form, once });
}

/** Pauses a batch, lets it go on or stops it, for a reason. @throws ApiProblem */
export function operateBatch(id: string, operation: 'pause' | 'resume' | 'cancel', body: BatchResume): Promise<Batch> {
  return request(batchRoutes[operation], { id, body });
}

/** Makes what an ended batch has no document of, as a new batch; `once` is the same for each try. @throws ApiProblem */
export function makeBatchAgain(id: string, body: BatchAgain, once: string): Promise<Batch> {
  return request(batchRoutes.again, { id, body, once });
}

/** Decides on a document in review. @throws ApiProblem */
export function decideDocument(id: string, decision: DocumentDecision): Promise<Document> {
  return request(documentRoutes.decide, { id, body: decision });
}

/** The texts that a document has and had. */
export function draftsQuery(id: string) {
  return queryOptions({
    queryKey: [documentRoutes.drafts.path, id],
    queryFn: ({ signal }) => request(documentRoutes.drafts, { id, signal }),
    meta: { topics: ['document'] },
  });
}

/** Asks for another text of a document in review; `once` is the same for each try. @throws ApiProblem */
export function askForDraft(id: string, draft: NewDraft, once: string): Promise<Document> {
  return request(documentRoutes.redraft, { id, body: draft, once });
}

/** Takes back a text that is not made yet. @throws ApiProblem */
export function dropDraft(id: string): Promise<Document> {
  return request(documentRoutes.dropDraft, { id });
}

/** Where a document is as it will be rendered, a page for a frame. */
export function letterAddress(id: string): string {
  return addressOf(documentRoutes.letter, { id });
}

/** Where a document's file is. */
export function contentAddress(id: string, query: QueryOf<typeof documentRoutes.content>): string {
  return addressOf(documentRoutes.content, { id, query });
}

/** Whether a document can be shown as it will be rendered: a frame cannot report that it failed. */
export function letterQuery({ id, contentHash }: Pick<DocumentDetail, 'id' | 'contentHash'>) {
  return queryOptions({
    queryKey: [letterAddress(id), contentHash],
    queryFn: async ({ signal }) => {
      await request(documentRoutes.letter, { id, signal });
      return null;
    },
  });
}

/** What of a batch can be downloaded, by where it is. */
export function batchFiles(id: string): Record<'archive' | 'manifest' | 'errors', string> {
  return {
    archive: addressOf(batchRoutes.archive, { id }),
    manifest: addressOf(batchRoutes.manifest, { id }),
    errors: addressOf(batchRoutes.errors, { id }),
  };
}
