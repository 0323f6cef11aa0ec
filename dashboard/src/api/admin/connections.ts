import { queryOptions } from '@tanstack/react-query';
import type {
  Connection,
  ConnectionCredentials,
  ConnectionService,
  ConnectionTest,
} from '../../../../contracts/access/connections-api.schema.ts';
import { connectionRoutes } from '../../../../contracts/access/connections.routes.ts';
import { request } from '../http/request.ts';

/** What the workspace has connected. */
export const connectionsQuery = queryOptions({
  queryKey: [connectionRoutes.list.path],
  queryFn: ({ signal }) => request(connectionRoutes.list, { signal }),
});

/** Sets the credentials of a service; nothing shows them again. @throws ApiProblem */
export function putConnection(service: ConnectionService, body: ConnectionCredentials): Promise<Connection> {
  return request(connectionRoutes.put, { service, body });
}

/** Makes a real call by them. @throws ApiProblem */
export function testConnection(service: ConnectionService): Promise<ConnectionTest> {
  return request(connectionRoutes.test, { service });
}

/** Removes them; `leaves` also where payments still need them. @throws ApiProblem */
export function removeConnection(service: ConnectionService, leaves: boolean): Promise<void> {
  return request(connectionRoutes.remove, { service, query: { payments: leaves ? 'leave' : undefined } });
}
