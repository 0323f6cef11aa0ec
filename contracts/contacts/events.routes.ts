import { EventsAnswer, EventsCall, EventsQuery } from './events-api.schema.ts';
import { defineRoute } from '../http/route.ts';

/** The endpoint of `/v1/events`. */
export const eventRoutes = {
  takeIn: defineRoute({
    method: 'POST',
    path: '/v1/events',
    summary: 'Takes in 1 to 1,000 events; a bad one is refused by itself',
    access: 'events:write',
    query: EventsQuery,
    body: EventsCall,
    answer: EventsAnswer,
    status: 202,
  }),
};
