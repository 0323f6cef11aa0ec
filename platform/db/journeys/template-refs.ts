import type { JsonObject } from '../../../contracts/core/machine.ts';
import { sql } from 'kysely';
import { type Reading, readOne } from '../core/readings.ts';
import type { Tx } from '../core/workspace.ts';

/** A template's version as it is used: immutable, so it may be cached under its hash. */
export type ResolvedTemplate = { slug: string; version: number; sha256: string; content: JsonObject };

/** What kinds of templates there are. */
export type TemplateKind = 'message' | 'prompt' | 'document';

/** Finds `slug@4`; `slug` and `slug@production` mean the newest version. Null when there is none. */
export function resolveTemplate(
  tx: Tx,
  workspaceId: string,
  kind: TemplateKind,
  reference: string,
): Promise<ResolvedTemplate | null> {
  return readOne(tx, resolvedTemplate(workspaceId, kind, reference));
}

/** As `resolveTemplate`. */
export function resolvedTemplate(
  workspaceId: string,
  kind: TemplateKind,
  reference: string,
): Reading<ResolvedTemplate | null> {
  const [slug = '', wanted = 'production'] = reference.split('@');
  const version = /^\d+$/.test(wanted) ? Number(wanted) : null;
  return {
    query: sql`
      select t.slug, v.version, v.sha256, v.content from template t
      join template_version v on v.workspace_id = t.workspace_id and v.template_id = t.id
      where t.workspace_id = ${workspaceId} and t.kind = ${kind} and t.slug = ${slug} and (${version}::int is null or v.version = ${version}::int)
      order by v.version desc limit 1`,
    from: ([row]) => (row as ResolvedTemplate | undefined) ?? null,
  };
}
