import { Id, pageOf } from '../core/values.schema.ts';
import { Incident, IncidentQuery, IncidentResolution } from './incidents-api.schema.ts';
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
