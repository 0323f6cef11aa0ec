import type { JsonObject } from '../../../contracts/core/machine.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** A template's version as it is used: immutable, so it may be cached under its hash. */
export type ResolvedTemplate = { slug: string; version: number; sha256: string; content: JsonObject };

/** What kinds of templates there are. */
export type TemplateKind = 'message' | 'prompt' | 'document';

/** Finds `slug@4`; `slug` and `slug@production` mean the newest version. Null when there is none. */
export async function resolveTemplate(
  tx: Tx,
  workspaceId: string,
  kind: TemplateKind,
  reference: string,
): Promise<ResolvedTemplate | null> {
  const [slug = '', wanted = 'production'] = reference.split('@');
  const row = await kysely(tx)
    .selectFrom('template')
    .innerJoin('template_version', (join) =>
      join
        .onRef('template_version.workspace_id', '=', 'template.workspace_id')
        .onRef('template_version.template_id', '=', 'template.id'),
    )
    .select(['template_version.version', 'template_version.sha256', 'template_version.content'])
    .where('template.workspace_id', '=', workspaceId)
    .where('template.kind', '=', kind)
    .where('template.slug', '=', slug)
    .$if(/^\d+$/.test(wanted), (query) => query.where('template_version.version', '=', Number(wanted)))
    .orderBy('template_version.version', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ? { slug, version: row.version, sha256: row.sha256, content: row.content as JsonObject } : null;
}
