import { Storage, System } from './system-api.schema.ts';
import { defineRoute } from '../http/route.ts';

/** The endpoints of `/v1/system`. */
export const systemRoutes = {
  show: defineRoute({
    method: 'GET',
    path: '/v1/system',
    summary: 'Says what of the installation is not real or not well',
    access: 'signedIn',
    answer: System,
  }),
  storage: defineRoute({
    method: 'GET',
    path: '/v1/system/storage',
    summary: 'Says how much the workspace keeps, and how long things are kept',
    access: 'system:read',
    answer: Storage,
  }),
};
