import { Overview } from './overview-api.schema.ts';
import { defineRoute } from '../http/route.ts';

/** The endpoint of `/v1/overview`. */
export const overviewRoutes = {
  show: defineRoute({
    method: 'GET',
    path: '/v1/overview',
    summary: 'Shows what needs the caller, what runs and what broke',
    access: 'runs:read',
    answer: Overview,
  }),
};
