import { PageQuery, Slug } from '../core/values.schema.ts';
import { defineRoute } from '../http/route.ts';
import {
  Segment,
  SegmentChanges,
  SegmentInput,
  SegmentMembers,
  SegmentPreview,
  SegmentPreviewInput,
  Segments,
  SegmentWhy,
  SegmentWhyParams,
} from './segments-api.schema.ts';

/** The endpoints of `/v1/segments`. */
export const segmentRoutes = {
  list: defineRoute({
    method: 'GET',
    path: '/v1/segments',
    summary: 'Lists segments, by their slugs',
    access: 'contacts:read',
    answer: Segments,
  }),
  preview: defineRoute({
    method: 'POST',
    path: '/v1/segments/preview',
    summary: 'Counts whom a rule means now, and names ten of them',
    access: 'contacts:read',
    body: SegmentPreviewInput,
    answer: SegmentPreview,
  }),
  show: defineRoute({
    method: 'GET',
    path: '/v1/segments/:slug',
    summary: 'Shows a segment',
    access: 'contacts:read',
    params: { slug: Slug },
    answer: Segment,
  }),
  put: defineRoute({
    method: 'PUT',
    path: '/v1/segments/:slug',
    summary: 'Makes a segment, or replaces its name and rule',
    access: 'journeys:write',
    alsoNeeds: 'contacts:read',
    params: { slug: Slug },
    body: SegmentInput,
    answer: Segment,
  }),
  remove: defineRoute({
    method: 'DELETE',
    path: '/v1/segments/:slug',
    summary: 'Removes a segment that no other names, with the history of its members',
    access: 'journeys:write',
    params: { slug: Slug },
  }),
  members: defineRoute({
    method: 'GET',
    path: '/v1/segments/:slug/members',
    summary: 'Lists the members of a segment, newest contacts first',
    access: 'contacts:read',
    params: { slug: Slug },
    query: PageQuery,
    answer: SegmentMembers,
  }),
  changes: defineRoute({
    method: 'GET',
    path: '/v1/segments/:slug/changes',
    summary: 'Lists who has entered and left a segment, newest first',
    access: 'contacts:read',
    params: { slug: Slug },
    query: PageQuery,
    answer: SegmentChanges,
  }),
  why: defineRoute({
    method: 'GET',
    path: '/v1/segments/:slug/members/:externalId',
    summary: 'Says whether a contact is in a segment, and why',
    access: 'contacts:read',
    params: SegmentWhyParams,
    answer: SegmentWhy,
  }),
};
