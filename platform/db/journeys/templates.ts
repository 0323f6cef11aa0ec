import { sql, type Selectable } from 'kysely';
import type { JsonObject } from '../../../contracts/core/machine.ts';
import { contentHash } from '../gates/gates.ts';
import type { Database } from '../tables/tables.ts';
import type { TemplateKind } from './template-refs.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** A template's row. */
export type TemplateRow = Selectable<Database['template']>;
/** A version's row. */
export type TemplateVersionRow = Selectable<Database['template_version']>;

/** Names one template of a workspace. */
export type TemplateName = { workspaceId: string; kind: TemplateKind; slug: string };

/**
 * Stores content as the template's next version, and makes the template where it is new. Content equal to the latest version's
 * makes no new one, so a push that changes nothing stores nothing. The latest version's number instead, where another one was `expected`.
 */
export async function storeTemplate(
  tx: Tx,
  name: TemplateName,
  content: JsonObject,
  expected?: number,
): Promise<{ version: TemplateVersionRow; created: boolean } | number> {
  const sha256 = contentHash(content);
  const template = await lockTemplate(tx, name);
  if (expected !== undefined && template.latest !== expected) return template.latest;
  const latest = await findTemplateVersion(tx, template, template.latest);
  if (latest?.sha256 === sha256) return { version: latest, created: false };
  const version = await kysely(tx)
    .insertInto('template_version')
    .values({
      workspace_id: name.workspaceId,
      template_id: template.id,
      version: template.latest + 1,
      sha256,
      content: JSON.stringify(content),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await kysely(tx)
    .updateTable('template')
    .set({ latest: version.version, rev: sql`rev + 1` })
    .where('workspace_id', '=', name.workspaceId)
    .where('id', '=', template.id)
    .execute();
  return { version, created: true };
}

/** One template by kind and slug. */
export function findTemplate(tx: Tx, name: TemplateName): Promise<TemplateRow | undefined> {
  return kysely(tx)
    .selectFrom('template')
    .selectAll()
    .where('workspace_id', '=', name.workspaceId)
    .where('kind', '=', name.kind)
    .where('slug', '=', name.slug)
    .executeTakeFirst();
}

/** One version by its number. */
export function findTemplateVersion(
  tx: Tx,
  template: TemplateRow,
  version: number,
): Promise<TemplateVersionRow | undefined> {
  return kysely(tx)
    .selectFrom('template_version')
    .selectAll()
    .where('workspace_id', '=', template.workspace_id)
    .where('template_id', '=', template.id)
    .where('version', '=', version)
    .executeTakeFirst();
}

/** A page of templates, newest first, below `before`; one more than `limit` shows that there is a next page. */
export function listTemplates(
  tx: Tx,
  page: { workspaceId: string; kind: string | null; before: string | null; limit: number },
): Promise<TemplateRow[]> {
  let query = kysely(tx).selectFrom('template').selectAll().where('workspace_id', '=', page.workspaceId);
  if (page.kind !== null) query = query.where('kind', '=', page.kind);
  if (page.before !== null) query = query.where('id', '<', page.before);
  return query
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute();
}

/** A page of versions, newest first, below `before`; one more than `limit` shows that there is a next page. */
export function listTemplateVersions(
  tx: Tx,
  template: TemplateRow,
  page: { before: number | null; limit: number },
): Promise<TemplateVersionRow[]> {
  let query = kysely(tx)
    .selectFrom('template_version')
    .selectAll()
    .where('workspace_id', '=', template.workspace_id)
    .where('template_id', '=', template.id);
  if (page.before !== null) query = query.where('version', '<', page.before);
  return query
    .orderBy('version', 'desc')
    .limit(page.limit + 1)
    .execute();
}

async function lockTemplate(tx: Tx, name: TemplateName): Promise<TemplateRow> {
  await kysely(tx)
    .insertInto('template')
    .values({ workspace_id: name.workspaceId, kind: name.kind, slug: name.slug })
    .onConflict((conflict) => conflict.columns(['workspace_id', 'kind', 'slug']).doNothing())
    .execute();
  return kysely(tx)
    .selectFrom('template')
    .selectAll()
    .where('workspace_id', '=', name.workspaceId)
    .where('kind', '=', name.kind)
    .where('slug', '=', name.slug)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
}
