import { Id, pageOf } from '../core/values.schema.ts';
import {
  Incident,
  IncidentCounts,
  IncidentDetail,
  IncidentIgnored,
  IncidentOwner,
  IncidentQuery,
  IncidentResolution,
} from './incidents-api.schema.ts';
import { defineRoute } from '../http/route.ts';

/** The endpoints of `/v1/incidents`. */
export const incidentRoutes = {
  list: defineRoute({
    method: 'GET',
    path: '/v1/incidents',
    summary: 'Lists incidents, newest first',
    access: 'runs:read',
    query: IncidentQuery,
    answer: pageOf(Incident),
  }),
  count: defineRoute({
    method: 'GET',
    path: '/v1/incidents/counts',
    summary: 'Counts the open incidents, the caller’s among them, and those that are ignored',
    access: 'runs:read',
    answer: IncidentCounts,
  }),
  show: defineRoute({
    method: 'GET',
    path: '/v1/incidents/:id',
    summary: 'Shows one incident with the runs that it is about, and what was done',
    access: 'runs:read',
    params: { id: Id },
    answer: IncidentDetail,
  }),
  own: defineRoute({
    method: 'PUT',
    path: '/v1/incidents/:id/owner',
    summary: 'Says who looks after an incident, or that nobody does',
    access: 'runs:operate',
    params: { id: Id },
    body: IncidentOwner,
    answer: Incident,
  }),
  ignore: defineRoute({
    method: 'PUT',
    path: '/v1/incidents/:id/ignored',
    summary: 'Ignores an incident until an instant; it comes back before that when it grows',
    access: 'runs:operate',
    params: { id: Id },
    body: IncidentIgnored,
    answer: Incident,
  }),
  heed: defineRoute({
    method: 'DELETE',
    path: '/v1/incidents/:id/ignored',
    summary: 'Ends that an incident is ignored; one that is not stays as it is',
    access: 'runs:operate',
    params: { id: Id },
    answer: Incident,
  }),
  resolve: defineRoute({
    method: 'POST',
    path: '/v1/incidents/:id/resolution',
    summary: 'Marks an incident as dealt with and wakes its run; one that is resolved stays so',
    access: 'runs:operate',
    params: { id: Id },
    body: IncidentResolution,
    answer: Incident,
  }),
};
