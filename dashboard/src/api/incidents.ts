import { Incident } from '../../../contracts/operations/incidents-api.schema.ts';
import type { ListRequest } from './pages.ts';
import { request } from './request.ts';

/** Incidents, the newest first. */
export function incidentsRequest(state: 'open' | 'resolved' | undefined, limit = 50): ListRequest<Incident> {
  return { path: '/v1/incidents', item: Incident, query: { state }, limit, meta: { topics: ['incident'] } };
}

/** Says that an incident is dealt with, and how. @throws ApiProblem */
export function resolveIncident(id: string, note: string): Promise<Incident> {
  return request(Incident, `/v1/incidents/${id}/resolution`, { method: 'POST', body: { note } });
}
