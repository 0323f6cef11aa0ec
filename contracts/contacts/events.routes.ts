import { EventsAnswer, EventsCall, EventsQuery, UnknownEvents } from './events-api.schema.ts';
import { defineRoute } from '../http/route.ts';

/** The endpoints of `/v1/events`. */
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
  unknown: defineRoute({
    method: 'GET',
    path: '/v1/events/unknown',
    summary: 'Lists the names of events of the last 30 days that no journey knows, with a name that may be meant',
    access: 'journeys:read',
    answer: UnknownEvents,
  }),
};
