import { Id } from '../core/values.schema.ts';
import { defineRoute } from '../http/route.ts';
import { NewView, SavedView, SavedViews, ViewQuery } from './views-api.schema.ts';

/** The endpoints of `/v1/views`. */
export const viewRoutes = {
  list: defineRoute({
    method: 'GET',
    path: '/v1/views',
    summary: 'Lists the views of a list that one has saved for oneself',
    access: 'signedIn',
    query: ViewQuery,
    answer: SavedViews,
  }),
  save: defineRoute({
    method: 'POST',
    path: '/v1/views',
    summary: 'Saves a view for oneself; one of the same name is replaced',
    access: 'signedIn',
    body: NewView,
    answer: SavedView,
  }),
  remove: defineRoute({
    method: 'DELETE',
    path: '/v1/views/:id',
    summary: 'Removes a view of one’s own',
    access: 'signedIn',
    params: { id: Id },
  }),
};
