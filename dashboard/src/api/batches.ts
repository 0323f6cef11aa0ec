import { queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import {
  Batch,
  BatchDetail,
  type BatchResume,
  Document,
  type DocumentDecision,
  DocumentDetail,
} from '../../../contracts/documents/batches-api.schema.ts';
import { listQuery } from './http/pages.ts';
import { type Query, request } from './http/request.ts';

/** Batches that are under way, that have ended, or all. */
export function batchesQuery(state: 'live' | 'ended' | undefined, limit = 50) {
  const topics = ['batch', 'run', 'document'] as const;
  return listQuery({ path: '/v1/batches', item: Batch, query: { state }, limit, meta: { topics } });
}

/** One batch with its stages, its spend and how its documents stand. */
export function batchQuery(id: string) {
  return queryOptions({
    queryKey: ['/v1/batches', id],
    queryFn: ({ signal }) => request(BatchDetail, `/v1/batches/${id}`, { signal }),
    meta: { topics: ['batch', 'run', 'document', 'gate'] },
  });
}

/** The documents of a batch, in the order of the file. */
export function documentsQuery(id: string, query: Query) {
  const topics = ['document', 'batch'] as const;
  return listQuery({ path: `/v1/batches/${id}/documents`, item: Document, query, limit: 100, meta: { topics } });
}

/** One document with its row and what the checks found. */
export function documentQuery(id: string) {
  return queryOptions({
    queryKey: ['/v1/documents', id],
    queryFn: ({ signal }) => request(DocumentDetail, `/v1/documents/${id}`, { signal }),
    meta: { topics: ['document', 'batch'] },
  });
}

/** Starts a batch; `form` has its options and its rows. `once` is the same for each try of one batch. @throws ApiProblem */
export function startBatch(form: FormData, once: string): Promise<Batch> {
  return request(Batch, '/v1/batches', { method: 'POST', form, once });
}

/** Pauses a batch, lets it go on or stops it, for a reason. @throws ApiProblem */
export function operateBatch(id: string, operation: 'pause' | 'resume' | 'cancel', body: BatchResume): Promise<Batch> {
  return request(Batch, `/v1/batches/${id}/${operation}`, { method: 'POST', body });
}

/** Decides on a document in review. @throws ApiProblem */
export function decideDocument(id: string, decision: DocumentDecision): Promise<Document> {
  return request(Document, `/v1/documents/${id}/decisions`, { method: 'POST', body: decision });
}

/** Where a document is as it will be rendered, a page for a frame. */
export function letterAddress(id: string): string {
  return `/v1/documents/${id}/letter`;
}

/** Whether a document can be shown as it will be rendered: a frame cannot report that it failed. */
export function letterQuery({ id, contentHash }: Pick<DocumentDetail, 'id' | 'contentHash'>) {
  return queryOptions({
    queryKey: [letterAddress(id), contentHash],
    queryFn: ({ signal }) => request(z.null(), letterAddress(id), { signal }),
  });
}
