import { z } from 'zod';
import { defineRoute } from '../http/route.ts';
import {
  Connection,
  Connections,
  connectionServices,
  ConnectionCredentials,
  ConnectionTest,
  RemoveConnectionQuery,
} from './connections-api.schema.ts';

const params = { service: z.enum(connectionServices) };

/** The endpoints of `/v1/connections`. */
export const connectionRoutes = {
  list: defineRoute({
    method: 'GET',
    path: '/v1/connections',
    summary: 'Lists what the workspace has connected by credentials of its own, without them',
    access: 'keys:read',
    answer: Connections,
  }),
  put: defineRoute({
    method: 'PUT',
    path: '/v1/connections/:service',
    summary: 'Sets the credentials of a service, in the place of others; they are never shown again',
    access: 'keys:write',
    params,
    body: ConnectionCredentials,
    answer: Connection,
  }),
  test: defineRoute({
    method: 'POST',
    path: '/v1/connections/:service/test',
    summary: 'Makes a real call by the workspace’s own credentials',
    access: 'keys:write',
    params,
    answer: ConnectionTest,
  }),
  remove: defineRoute({
    method: 'DELETE',
    path: '/v1/connections/:service',
    summary:
      'Removes the credentials; the workspace uses those of the installation again. Refused while payments need them',
    access: 'keys:write',
    params,
    query: RemoveConnectionQuery,
    status: 204,
  }),
};
