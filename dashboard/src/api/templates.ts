import type {
  MessageTemplate,
  StoredTemplate,
  TemplateVersion,
} from '../../../contracts/journeys/templates-api.schema.ts';
import { templateRoutes } from '../../../contracts/journeys/templates.routes.ts';
import type { TestMailAsked } from '../../../contracts/messaging/test-mails-api.schema.ts';
import { queryOptions } from '@tanstack/react-query';
import { addressOf } from '../../../contracts/http/route.ts';
import { listQuery } from './http/pages.ts';
import { request } from './http/request.ts';

/** The stored templates of documents. */
export const documentTemplatesQuery = listQuery({
  route: templateRoutes.list,
  call: { query: { kind: 'document' } },
  meta: { topics: ['template'] },
});

/** The newest version of a stored template. */
export function fetchDocumentTemplate(slug: string): Promise<TemplateVersion> {
  return request(templateRoutes.show, { kind: 'document', slug });
}

/** The stored messages. */
export const messagesQuery = listQuery({
  route: templateRoutes.list,
  call: { query: { kind: 'message' } },
  meta: { topics: ['template'] },
});

/** The newest version of a stored message. */
export function messageQuery(slug: string) {
  return queryOptions({
    queryKey: [addressOf(templateRoutes.show, { kind: 'message', slug })],
    queryFn: ({ signal }) => request(templateRoutes.show, { kind: 'message', slug, signal }),
    meta: { topics: ['template'] },
  });
}

/** Where a stored message is used. */
export function templateUsesQuery(slug: string) {
  return queryOptions({
    queryKey: [addressOf(templateRoutes.uses, { kind: 'message', slug })],
    queryFn: ({ signal }) => request(templateRoutes.uses, { kind: 'message', slug, signal }),
    meta: { topics: ['template', 'journey', 'run'] },
  });
}

/** Stores the version of a message that follows `seen`; 0 makes a new one. @throws ApiProblem with each problem at its place; 409 where another is the latest */
export function storeMessage(slug: string, content: MessageTemplate, seen: number): Promise<StoredTemplate> {
  return request(templateRoutes.put, { kind: 'message', slug, body: { content, expectedVersion: seen } });
}

/** Where the mail of a message is shown for a person, by external id; for a made-up one where that is empty. */
export function previewAddress(slug: string, contact: string): string {
  return addressOf(templateRoutes.preview, { slug, query: contact === '' ? {} : { contact } });
}

/** Whether the mail can be made: a frame cannot report that it failed. */
export function previewQuery(slug: string, { version, contact }: { version: number; contact: string }) {
  return queryOptions({
    queryKey: [previewAddress(slug, contact), version],
    queryFn: async ({ signal }) => {
      await request(templateRoutes.preview, { slug, query: { contact }, signal });
      return null;
    },
    meta: { topics: [] },
    retry: false,
  });
}

/** Sends the mail of a message to the person who asks as a test. @throws ApiProblem */
export function testMessage(slug: string, contact: string): Promise<TestMailAsked> {
  return request(templateRoutes.test, { slug, body: contact === '' ? {} : { contact } });
}
