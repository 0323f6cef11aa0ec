import { queryOptions } from '@tanstack/react-query';
import type { Incident, IncidentIgnored, IncidentOwner } from '../../../contracts/operations/incidents-api.schema.ts';
import { incidentRoutes } from '../../../contracts/operations/incidents.routes.ts';
import { listQuery } from './http/pages.ts';
import { request } from './http/request.ts';

/** Which incidents a list shows: the open ones, the person's among them, those that are ignored, those that are over. */
export type IncidentShow = 'open' | 'mine' | 'ignored' | 'resolved';

/** Incidents, the newest first. */
export function incidentsQuery(show: IncidentShow) {
  const query = show === 'mine' ? { state: 'open', owner: 'me' } : { state: show };
  return listQuery({ route: incidentRoutes.list, call: { query }, meta: { topics: ['incident'] } });
}

/** The open incidents, for Home. */
export const openIncidentsQuery = incidentsQuery('open');

/** How many incidents are open, the person's, and ignored. */
export const incidentCountsQuery = queryOptions({
  queryKey: [incidentRoutes.count.path],
  queryFn: ({ signal }) => request(incidentRoutes.count, { signal }),
  meta: { topics: ['incident'] },
});

/** One incident with the runs that it is about, and what was done. */
export function incidentQuery(id: string) {
  return queryOptions({
    queryKey: [incidentRoutes.list.path, id],
    queryFn: ({ signal }) => request(incidentRoutes.show, { id, signal }),
    meta: { topics: ['incident'], id },
  });
}

/** Says that an incident is dealt with, and how. @throws ApiProblem */
export function resolveIncident(id: string, note: string): Promise<Incident> {
  return request(incidentRoutes.resolve, { id, body: { note } });
}

/** Says who looks after an incident. @throws ApiProblem `incident.ownerChanged` where another one does meanwhile */
export function ownIncident(id: string, owner: IncidentOwner): Promise<Incident> {
  return request(incidentRoutes.own, { id, body: owner });
}

/** Ignores an incident for a while. @throws ApiProblem */
export function ignoreIncident(id: string, ignored: IncidentIgnored): Promise<Incident> {
  return request(incidentRoutes.ignore, { id, body: ignored });
}

/** Ends that an incident is ignored. @throws ApiProblem */
export function heedIncident(id: string): Promise<Incident> {
  return request(incidentRoutes.heed, { id });
}
