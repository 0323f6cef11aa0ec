import { StreamQuery } from './stream-api.schema.ts';
import { defineRoute } from '../http/route.ts';

/** The endpoint of `/v1/stream`. */
export const streamRoutes = {
  stream: defineRoute({
    method: 'GET',
    path: '/v1/stream',
    summary: 'Sends changes as server-sent events `{ topic, id, rev }`, continuing after `Last-Event-ID`',
    access: 'signedIn',
    query: StreamQuery,
    produces: 'text/event-stream',
  }),
};
