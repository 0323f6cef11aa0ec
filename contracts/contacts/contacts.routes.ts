import { StoredExternalId } from './events-api.schema.ts';
import { pageOf, PageQuery } from '../core/values.schema.ts';
import { Absence, AbsenceQuery } from './absence-api.schema.ts';
import {
  ConsentChange,
  Contact,
  ContactChange,
  ContactExport,
  ContactMoment,
  ContactQuery,
  Erasure,
  ExternalId,
  TimelineQuery,
} from './contacts-api.schema.ts';
import { defineRoute } from '../http/route.ts';

/** The endpoints of `/v1/contacts`. */
export const contactRoutes = {
  list: defineRoute({
    method: 'GET',
    path: '/v1/contacts',
    summary: 'Lists contacts, newest first',
    access: 'contacts:read',
    query: ContactQuery,
    answer: pageOf(Contact),
  }),
  show: defineRoute({
    method: 'GET',
    path: '/v1/contacts/:externalId',
    summary: 'Shows a contact',
    access: 'contacts:read',
    params: { externalId: StoredExternalId },
    answer: Contact,
  }),
  timeline: defineRoute({
    method: 'GET',
    path: '/v1/contacts/:externalId/timeline',
    summary: 'Shows what happened to a contact over all jobs, newest first',
    access: 'contacts:read',
    params: { externalId: StoredExternalId },
    query: TimelineQuery,
    answer: pageOf(ContactMoment),
  }),
  absence: defineRoute({
    method: 'GET',
    path: '/v1/contacts/:externalId/absence',
    summary: 'Says from what is on record why a journey, or a mail of it, did not come to a contact',
    access: 'contacts:read',
    alsoNeeds: 'runs:read',
    params: { externalId: StoredExternalId },
    query: AbsenceQuery,
    answer: Absence,
  }),
  export: defineRoute({
    method: 'GET',
    path: '/v1/contacts/:externalId/export',
    summary: 'Gives all that is kept of a contact, for the person to have',
    access: 'contacts:read',
    alsoNeeds: 'runs:read',
    params: { externalId: StoredExternalId },
    answer: ContactExport,
  }),
  put: defineRoute({
    method: 'PUT',
    path: '/v1/contacts/:externalId',
    summary: 'Makes or changes a contact',
    access: 'contacts:write',
    params: { externalId: ExternalId },
    body: ContactChange,
    answer: Contact,
  }),
  putConsent: defineRoute({
    method: 'PUT',
    path: '/v1/contacts/:externalId/consents/email',
    summary: 'Notes that a contact wants no more mails of lists, or wants them again',
    access: 'contacts:write',
    params: { externalId: StoredExternalId },
    body: ConsentChange,
    answer: Contact,
  }),
  erase: defineRoute({
    method: 'DELETE',
    path: '/v1/contacts/:externalId',
    summary: 'Erases a contact: ends its journeys and deletes what is known of it, in batches within minutes',
    access: 'contacts:erase',
    params: { externalId: StoredExternalId },
  }),
  erasures: defineRoute({
    method: 'GET',
    path: '/v1/erasures',
    summary: 'Lists erasures with what they have come to, newest first',
    access: 'contacts:erase',
    query: PageQuery,
    answer: pageOf(Erasure),
  }),
};
