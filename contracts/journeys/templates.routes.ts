import { pageOf, PageQuery, Slug, VersionNumber } from '../core/values.schema.ts';
import { TestMailAsked } from '../messaging/test-mails-api.schema.ts';
import {
  PreviewOf,
  StoredTemplate,
  Template,
  TemplateInput,
  TemplateKind,
  TemplateQuery,
  TemplateUses,
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
  preview: defineRoute({
    method: 'GET',
    path: '/v1/templates/message/:slug/preview',
    summary: 'Shows the mail that a message makes for a person',
    access: 'templates:read',
    params: { slug: Slug },
    query: PreviewOf,
    produces: 'text/html',
  }),
  test: defineRoute({
    method: 'POST',
    path: '/v1/templates/message/:slug/tests',
    summary: 'Sends the mail that a message makes to the caller’s own address as a test',
    access: 'templates:read',
    params: { slug: Slug },
    body: PreviewOf,
    answer: TestMailAsked,
    status: 202,
  }),
  uses: defineRoute({
    method: 'GET',
    path: '/v1/templates/:kind/:slug/journeys',
    summary: 'Lists the journeys that use a template, with who is in them',
    access: 'journeys:read',
    params: { kind: TemplateKind, slug: Slug },
    answer: TemplateUses,
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
