import type { JsonObject } from '../../../contracts/core/machine.ts';
import { sql } from 'kysely';
import { type Reading, readOne } from '../core/readings.ts';
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
  return (await readOne(tx, resolvedTemplates(workspaceId, kind, [reference]))).get(reference) ?? null;
}

/** As `resolveTemplate`, for several; those that are there, by their references. */
export function resolvedTemplates(
  workspaceId: string,
  kind: TemplateKind,
  references: readonly string[],
): Reading<ReadonlyMap<string, ResolvedTemplate>> {
  const asked = [...new Set(references)].map((reference) => {
    const [slug = '', wanted = 'production'] = reference.split('@');
    return { reference, slug, version: /^\d+$/.test(wanted) ? Number(wanted) : null };
  });
  return {
    query: sql`
      select asked.reference, found.* from unnest(${asked.map(({ reference }) => reference)}::text[], ${asked.map(({ slug }) => slug)}::text[],
        ${asked.map(({ version }) => version)}::int[]) as asked (reference, slug, version)
      cross join lateral (
        select t.slug, v.version, v.sha256, v.content from template t
        join template_version v on v.workspace_id = t.workspace_id and v.template_id = t.id
        where t.workspace_id = ${workspaceId} and t.kind = ${kind} and t.slug = asked.slug and (asked.version is null or v.version = asked.version)
        order by v.version desc limit 1) found`,
    from: (rows) =>
      new Map(rows.map(({ reference, ...template }) => [String(reference), template as ResolvedTemplate])),
  };
}
