import {
  ContentQuery,
  Document,
  DocumentDecision,
  DocumentDetail,
  DocumentDrafts,
  NewDraft,
} from './batches-api.schema.ts';
import { Id } from '../core/values.schema.ts';
import { defineRoute } from '../http/route.ts';

/** The endpoints of `/v1/documents`. */
export const documentRoutes = {
  show: defineRoute({
    method: 'GET',
    path: '/v1/documents/:id',
    summary: 'Shows a document with its contents',
    access: 'batches:read',
    params: { id: Id },
    answer: DocumentDetail,
  }),
  decide: defineRoute({
    method: 'POST',
    path: '/v1/documents/:id/decisions',
    summary: 'Decides about one document in review, or takes that back',
    access: 'gates:decide',
    params: { id: Id },
    body: DocumentDecision,
    answer: Document,
    idempotent: true,
  }),
  drafts: defineRoute({
    method: 'GET',
    path: '/v1/documents/:id/drafts',
    summary: 'Lists the texts that a document has and had',
    access: 'batches:read',
    params: { id: Id },
    answer: DocumentDrafts,
  }),
  redraft: defineRoute({
    method: 'POST',
    path: '/v1/documents/:id/drafts',
    summary: 'Changes the text of a document in review, or has it written anew with a note',
    access: 'gates:decide',
    params: { id: Id },
    body: NewDraft,
    answer: Document,
    status: 202,
    idempotent: true,
  }),
  dropDraft: defineRoute({
    method: 'DELETE',
    path: '/v1/documents/:id/drafts/open',
    summary: 'Takes back a draft that is not made yet',
    access: 'gates:decide',
    params: { id: Id },
    answer: Document,
  }),
  letter: defineRoute({
    method: 'GET',
    path: '/v1/documents/:id/letter',
    summary: 'Shows a document as it will be rendered, with what the checks quote marked',
    access: 'batches:read',
    params: { id: Id },
    produces: 'text/html',
  }),
  content: defineRoute({
    method: 'GET',
    path: '/v1/documents/:id/content',
    summary: 'Gives a document’s file',
    access: 'batches:read',
    params: { id: Id },
    query: ContentQuery,
    produces: 'application/octet-stream',
  }),
};
