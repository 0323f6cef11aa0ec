import { queryOptions } from '@tanstack/react-query';
import { Contact, ContactMoment } from '../../../contracts/contacts/contacts-api.schema.ts';
import { listQuery } from './http/pages.ts';
import { request, requestNothing } from './http/request.ts';

/** People whose id, name or address begins like `q`; all of them without it. */
export function contactsQuery(q: string | undefined) {
  return listQuery({ path: '/v1/contacts', item: Contact, query: { q }, meta: { topics: ['contact'] } });
}

/** The first few people to propose for what has been typed; they do not change while it is read. */
export function proposedContactsQuery(q: string) {
  return listQuery({ path: '/v1/contacts', item: Contact, query: { q }, limit: 8, meta: { topics: [] } });
}

/** One person. */
export function contactQuery(externalId: string) {
  const path = pathOf(externalId);
  return queryOptions({
    queryKey: [path],
    queryFn: ({ signal }) => request(Contact, path, { signal }),
    meta: { topics: ['contact'] },
  });
}

/** What has happened to a person over all jobs, newest first. */
export function momentsQuery(externalId: string) {
  return listQuery({
    path: `${pathOf(externalId)}/timeline`,
    item: ContactMoment,
    query: {},
    limit: 100,
    meta: { topics: ['run', 'contact', 'gate'] },
  });
}

/** Erases all that is known of a person. @throws ApiProblem */
export function eraseContact(externalId: string): Promise<void> {
  return requestNothing(pathOf(externalId), { method: 'DELETE' });
}

function pathOf(externalId: string): string {
  return `/v1/contacts/${encodeURIComponent(externalId)}`;
}
