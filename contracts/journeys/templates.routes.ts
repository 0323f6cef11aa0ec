import { pageOf, PageQuery, Slug, VersionNumber } from '../core/values.schema.ts';
import {
  StoredTemplate,
  Template,
  TemplateInput,
  TemplateKind,
  TemplateQuery,
  TemplateVersion,
} from './templates-api.schema.ts';
import { defineRoute } from '../http/route.ts';

/** The endpoints of `/v1/templates`. */
export const templateRoutes = {
  list: defineRoute({
    method: 'GET',
    path: '/v1/templates',
    summary: 'Lists templates, newest first',
    access: 'templates:read',
    query: TemplateQuery,
    answer: pageOf(Template),
  }),
  put: defineRoute({
    method: 'PUT',
    path: '/v1/templates/:kind/:slug',
    summary: 'Stores a template’s next version',
    access: 'templates:write',
    params: { kind: TemplateKind, slug: Slug },
    body: TemplateInput,
    answer: StoredTemplate,
  }),
  show: defineRoute({
    method: 'GET',
    path: '/v1/templates/:kind/:slug',
    summary: 'Shows a template’s latest version',
    access: 'templates:read',
    params: { kind: TemplateKind, slug: Slug },
    answer: TemplateVersion,
  }),
  versions: defineRoute({
    method: 'GET',
    path: '/v1/templates/:kind/:slug/versions',
    summary: 'Lists a template’s versions, newest first',
    access: 'templates:read',
    params: { kind: TemplateKind, slug: Slug },
    query: PageQuery,
    answer: pageOf(TemplateVersion),
  }),
  version: defineRoute({
    method: 'GET',
    path: '/v1/templates/:kind/:slug/versions/:version',
    summary: 'Shows one version of a template',
    access: 'templates:read',
    params: { kind: TemplateKind, slug: Slug, version: VersionNumber },
    answer: TemplateVersion,
  }),
};
