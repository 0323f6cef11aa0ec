import type { TemplateVersion } from '../../../contracts/journeys/templates-api.schema.ts';
import { templateRoutes } from '../../../contracts/journeys/templates.routes.ts';
import { listQuery } from './http/pages.ts';
import { request } from './http/request.ts';

/** The stored templates of documents. */
export const documentTemplatesQuery = listQuery({
  route: templateRoutes.list,
  call: { query: { kind: 'document' } },
  meta: { topics: ['template'] },
});

/** The newest version of a stored template. */
export function fetchDocumentTemplate(slug: string): Promise<TemplateVersion> {
  return request(templateRoutes.show, { kind: 'document', slug });
}
