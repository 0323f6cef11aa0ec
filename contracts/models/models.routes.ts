import { defineRoute } from '../http/route.ts';
import { Model, ModelChange, ModelName, ModelPolicy, Models, ModelTrial } from './models-api.schema.ts';

const params = { name: ModelName };

/** The endpoints of `/v1/models`. */
export const modelRoutes = {
  list: defineRoute({
    method: 'GET',
    path: '/v1/models',
    summary: 'Lists the language models that the workspace may name, its own first, without their keys',
    access: 'keys:read',
    answer: Models,
  }),
  put: defineRoute({
    method: 'PUT',
    path: '/v1/models/:name',
    summary:
      'Sets a model of the workspace’s own, in the place of the installation’s of that name; its key is never shown again',
    access: 'keys:write',
    params,
    body: ModelChange,
    answer: Model,
  }),
  remove: defineRoute({
    method: 'DELETE',
    path: '/v1/models/:name',
    summary: 'Removes a model of the workspace’s own with its key; the installation’s of that name counts again',
    access: 'keys:write',
    params,
    status: 204,
  }),
  test: defineRoute({
    method: 'POST',
    path: '/v1/models/:name/trial',
    summary: 'Has a worker ask the model a small question, which costs a few hundred tokens',
    access: 'keys:write',
    params,
    answer: ModelTrial,
    status: 202,
  }),
  trial: defineRoute({
    method: 'GET',
    path: '/v1/models/:name/trial',
    summary: 'Shows what the last trial of the model has come to',
    access: 'keys:read',
    params,
    answer: ModelTrial,
  }),
  setPolicy: defineRoute({
    method: 'PUT',
    path: '/v1/model-policy',
    summary: 'Sets whether models of the workspace’s own without a price are asked and their tokens alone counted',
    access: 'keys:write',
    body: ModelPolicy,
    answer: ModelPolicy,
  }),
};
