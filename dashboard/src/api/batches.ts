import { queryOptions } from '@tanstack/react-query';
import { Batch, BatchDetail, Document, DocumentDetail } from '../../../contracts/documents/batches-api.schema.ts';
import type { ListRequest } from './pages.ts';
import { request, type RequestInit } from './request.ts';

/** Batches that are under way, that have ended, or all. */
export function batchesRequest(state: 'live' | 'ended' | undefined, limit = 50): ListRequest<Batch> {
  return { path: '/v1/batches', item: Batch, query: { state }, limit, meta: { topics: ['batch', 'run', 'document'] } };
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
export function documentsRequest(
  id: string,
  query: NonNullable<RequestInit['query']>,
  limit = 100,
): ListRequest<Document> {
  return { path: `/v1/batches/${id}/documents`, item: Document, query, limit, meta: { topics: ['document', 'batch'] } };
}

/** One document with its row and what the checks found. */
export function documentQuery(id: string) {
  return queryOptions({
    queryKey: ['/v1/documents', id],
    queryFn: ({ signal }) => request(DocumentDetail, `/v1/documents/${id}`, { signal }),
    meta: { topics: ['document', 'batch'] },
  });
}
