import { Id, pageOf } from '../core/values.schema.ts';
import { ApiKey, ApiKeysQuery, CreatedApiKey, NewApiKey } from './api-keys-api.schema.ts';
import { defineRoute } from '../http/route.ts';

/** The endpoints of `/v1/api-keys`. */
export const apiKeyRoutes = {
  list: defineRoute({
    method: 'GET',
    path: '/v1/api-keys',
    summary: 'Lists the keys, newest first',
    access: 'keys:read',
    query: ApiKeysQuery,
    answer: pageOf(ApiKey),
  }),
  create: defineRoute({
    method: 'POST',
    path: '/v1/api-keys',
    summary: 'Makes a key; the answer shows its secret this once',
    access: 'keys:write',
    body: NewApiKey,
    answer: CreatedApiKey,
    status: 201,
  }),
  revoke: defineRoute({
    method: 'DELETE',
    path: '/v1/api-keys/:id',
    summary: 'Revokes a key for good',
    access: 'keys:write',
    params: { id: Id },
    answer: ApiKey,
  }),
};
