import { Liveness, Readiness } from './health-api.schema.ts';
import { defineRoute } from '../http/route.ts';

/** The probes, and the metrics. */
export const healthRoutes = {
  live: defineRoute({
    method: 'GET',
    path: '/health/live',
    summary: 'Says that the process answers',
    access: 'public',
    answer: Liveness,
  }),
  ready: defineRoute({
    method: 'GET',
    path: '/health/ready',
    summary: 'Says whether every part is there; 503 when one is unavailable',
    access: 'public',
    answer: Readiness,
  }),
  metrics: defineRoute({
    method: 'GET',
    path: '/metrics',
    summary: 'Gives Prometheus metrics',
    access: 'public',
    produces: 'text/plain',
  }),
};
