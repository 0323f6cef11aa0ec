import { queryOptions } from '@tanstack/react-query';
import type { Model, ModelChange, ModelPolicy, ModelTrial } from '../../../../contracts/models/models-api.schema.ts';
import { modelRoutes } from '../../../../contracts/models/models.routes.ts';
import { request } from '../http/request.ts';

/** While a trial is under way its end is looked for this often. */
const trialEveryMs = 1_500;

/** The models that the workspace may name; while one of them is tried, asked for again and again. */
export const modelsQuery = queryOptions({
  queryKey: [modelRoutes.list.path],
  queryFn: ({ signal }) => request(modelRoutes.list, { signal }),
  refetchInterval: ({ state: { data } }) =>
    data?.items.some(({ trial }) => trial !== null && isUnderWay(trial)) ? trialEveryMs : false,
});

/** A trial that no worker has ended in this time is not begun any more. */
const abandonedMs = 600_000;

/** Whether a worker may still say how a trial ends. */
export function isUnderWay({ askedAt, endedAt }: ModelTrial): boolean {
  return endedAt === null && Date.now() - Date.parse(askedAt) < abandonedMs;
}

/** Sets a model of the workspace's own; nothing shows its key again. @throws ApiProblem */
export function putModel(name: string, body: ModelChange): Promise<Model> {
  return request(modelRoutes.put, { name, body });
}

/** Removes a model of the workspace's own. @throws ApiProblem */
export function removeModel(name: string): Promise<void> {
  return request(modelRoutes.remove, { name });
}

/** Has a worker try a model. @throws ApiProblem */
export function tryModel(name: string): Promise<ModelTrial> {
  return request(modelRoutes.test, { name });
}

/** Sets what is allowed of models of the workspace's own. @throws ApiProblem */
export function putModelPolicy(body: ModelPolicy): Promise<ModelPolicy> {
  return request(modelRoutes.setPolicy, { body });
}
