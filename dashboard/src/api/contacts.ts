import { queryOptions } from '@tanstack/react-query';
import { contactRoutes } from '../../../contracts/contacts/contacts.routes.ts';
import type { AbsenceQuery } from '../../../contracts/contacts/absence-api.schema.ts';
import type {
  ConsentChange,
  Contact,
  ContactChange,
  MergedContacts,
  TimelineQuery,
} from '../../../contracts/contacts/contacts-api.schema.ts';
import { addressOf } from '../../../contracts/http/route.ts';
import { listQuery } from './http/pages.ts';
import { NotAsSeen, orNone } from './http/problem.ts';
import { request } from './http/request.ts';

/** People whose id, name or address begins like `q`; all of them without it. */
export function contactsQuery(q: string | undefined) {
  return listQuery({ route: contactRoutes.list, call: { query: { q } }, meta: { topics: ['contact'] } });
}

/** The first few people to propose for what has been typed; they do not change while it is read. */
export function proposedContactsQuery(q: string) {
  return listQuery({ route: contactRoutes.list, call: { query: { q } }, limit: 8, meta: { topics: [] } });
}

/** One person. */
export function contactQuery(externalId: string) {
  return queryOptions({
    queryKey: [addressOf(contactRoutes.show, { externalId })],
    queryFn: ({ signal }) => request(contactRoutes.show, { externalId, signal }),
    meta: { topics: ['contact'] },
  });
}

/** Why a journey, or a mail of it, did not come to a person. */
export function absenceQuery(externalId: string, query: AbsenceQuery) {
  return queryOptions({
    queryKey: [addressOf(contactRoutes.absence, { externalId }), query],
    queryFn: ({ signal }) => request(contactRoutes.absence, { externalId, query, signal }),
    meta: { topics: ['run', 'effect', 'contact', 'journey'] },
  });
}

/** What has happened to a person over all jobs, newest first; a part of it where `show` says which. */
export function momentsQuery(externalId: string, show?: TimelineQuery['show']) {
  return listQuery({
    route: contactRoutes.timeline,
    call: { externalId, query: { show } },
    limit: 100,
    meta: { topics: ['run', 'contact', 'gate'] },
  });
}

/** Makes a person known, or changes what is known of the one that was `seen`. @throws ApiProblem, NotAsSeen where a new one is known already */
export async function saveContact(externalId: string, change: ContactChange, seen: Contact | null): Promise<Contact> {
  if (!seen && (await orNone(request(contactRoutes.show, { externalId })))) throw new NotAsSeen(true);
  return request(contactRoutes.put, { externalId, body: change });
}

/** Notes what a person has said about mails. @throws ApiProblem */
export function saveConsent(externalId: string, change: ConsentChange): Promise<Contact> {
  return request(contactRoutes.putConsent, { externalId, body: change });
}

/** Erases all that is known of a person. @throws ApiProblem */
export function eraseContact(externalId: string): Promise<void> {
  return request(contactRoutes.erase, { externalId });
}

/** What would happen if the other person were joined with this one. */
export function joinPreviewQuery(externalId: string, other: string) {
  return queryOptions({
    queryKey: [addressOf(contactRoutes.merge, { externalId, body: { other } }), other],
    queryFn: ({ signal }) => request(contactRoutes.merge, { externalId, body: { other, dryRun: true }, signal }),
    meta: { topics: ['contact', 'run'] },
  });
}

/** Joins the other person with this one, for good. @throws ApiProblem */
export function joinContact(externalId: string, other: string): Promise<MergedContacts> {
  return request(contactRoutes.merge, { externalId, body: { other } });
}
