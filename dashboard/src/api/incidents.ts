import type { Incident } from '../../../contracts/operations/incidents-api.schema.ts';
import { incidentRoutes } from '../../../contracts/operations/incidents.routes.ts';
import { listQuery } from './http/pages.ts';
import { request } from './http/request.ts';

/** Incidents, the newest first. */
export function incidentsQuery(state: 'open' | 'resolved' | undefined, limit = 50) {
  return listQuery({ route: incidentRoutes.list, call: { query: { state } }, limit, meta: { topics: ['incident'] } });
}

/** The open incidents, for the frame and Home; the newest fifty. */
export const openIncidentsQuery = incidentsQuery('open');

/** Says that an incident is dealt with, and how. @throws ApiProblem */
export function resolveIncident(id: string, note: string): Promise<Incident> {
  return request(incidentRoutes.resolve, { id, body: { note } });
}
