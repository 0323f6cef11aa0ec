import { Template, TemplateVersion } from '../../../contracts/journeys/templates-api.schema.ts';
import { listQuery } from './http/pages.ts';
import { request } from './http/request.ts';

/** The stored templates of documents. */
export const documentTemplatesQuery = listQuery({
  path: '/v1/templates',
  item: Template,
  query: { kind: 'document' },
  meta: { topics: ['template'] },
});

/** The newest version of a stored template. */
export function fetchDocumentTemplate(slug: string): Promise<TemplateVersion> {
  return request(TemplateVersion, `/v1/templates/document/${slug}`);
}
