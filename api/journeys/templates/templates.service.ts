import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import {
  type StoredTemplate,
  type Template,
  type TemplateInput,
  TemplateKind,
  type TemplateQuery,
  type TemplateUse,
  type TemplateUses,
  type TemplateVersion,
} from '../../../contracts/journeys/templates-api.schema.ts';
import type { PageQuery } from '../../../contracts/core/values.schema.ts';
import { titleOf } from '../../../domain/journeys/nodes/node-title.ts';
import { storedReferencesOf } from '../../../domain/journeys/references.ts';
import { recordAudit } from '../../../platform/db/access/audit.ts';
import {
  findTemplate,
  findTemplateVersion,
  listTemplates,
  listTemplateVersions,
  storeTemplate,
  type TemplateRow,
  type TemplateVersionRow,
} from '../../../platform/db/journeys/templates.ts';
import type { Tx } from '../../../platform/db/core/workspace.ts';
import { type NamingVersion, versionsNaming } from '../../../platform/db/journeys/template-uses.ts';
import { type AppError, conflict, invalid, notFound } from '../../http/errors/app-error.ts';
import { beforeId, decodeCursor, type Page, pageBy, pageById } from '../../http/request/paging.ts';
import { auditActor, type Principal } from '../../http/caller/principal.ts';
import { Store } from '../../http/store.ts';
import { readContent } from './read-content.ts';

/** Names a template, as the path does. */
export type TemplatePath = { kind: TemplateKind; slug: string };

/** The sort key of versions: the number. */
const VersionKey = z.tuple([z.int().min(1)]);

/** Keeps templates and their versions. */
@Injectable()
export class TemplatesService {
  constructor(private readonly store: Store) {}

  async list(caller: Principal, query: TemplateQuery): Promise<Page<Template>> {
    const { workspaceId } = caller;
    const page = { workspaceId, kind: query.kind ?? null, before: beforeId(query.cursor), limit: query.limit };
    const rows = await this.store.inWorkspace(caller, (tx) => listTemplates(tx, page));
    return pageById(rows, query.limit, templateOf);
  }

  async put(caller: Principal, path: TemplatePath, input: TemplateInput): Promise<StoredTemplate> {
    const read = readContent(path.kind, input.content);
    if (!read.ok) throw invalid('template.invalid', read.problems);
    return this.store.inWorkspace(caller, async (tx) => {
      const name = { workspaceId: caller.workspaceId, ...path };
      const stored = await storeTemplate(tx, name, read.content, input.expectedVersion);
      if (typeof stored === 'number') throw notExpected(input.expectedVersion, stored);
      const { version, created } = stored;
      if (created) {
        await recordAudit(tx, {
          ...auditActor(caller),
          act: 'template.stored',
          subject: { kind: 'template', id: version.template_id },
          detail: { ...path, version: version.version, sha256: version.sha256 },
        });
      }
      return { ...versionOf(path, version), created };
    });
  }

  async show(caller: Principal, path: TemplatePath, version: number | null): Promise<TemplateVersion> {
    return this.store.inWorkspace(caller, async (tx) => {
      const template = await this.find(tx, caller, path);
      const row = await findTemplateVersion(tx, template, version ?? template.latest);
      if (!row) throw notFound('templateVersion');
      return versionOf(path, row);
    });
  }

  async versions(caller: Principal, path: TemplatePath, query: PageQuery): Promise<Page<TemplateVersion>> {
    const before = query.cursor === undefined ? null : decodeCursor(query.cursor, VersionKey)[0];
    const rows = await this.store.inWorkspace(caller, async (tx) =>
      listTemplateVersions(tx, await this.find(tx, caller, path), { before, limit: query.limit }),
    );
    return pageBy(
      rows,
      query.limit,
      (row) => row.version,
      (row) => versionOf(path, row),
    );
  }

  /** Where a template is used now: what a change of it reaches once those journeys are published anew. */
  async uses(caller: Principal, path: TemplatePath): Promise<TemplateUses> {
    const rows = await this.store.inWorkspace(caller, async (tx) =>
      versionsNaming(tx, await this.find(tx, caller, path)),
    );
    return { items: rows.flatMap((row) => usesIn(row, path)) };
  }

  private async find(tx: Tx, caller: Principal, path: TemplatePath): Promise<TemplateRow> {
    const template = await findTemplate(tx, { workspaceId: caller.workspaceId, ...path });
    if (!template) throw notFound('template');
    return template;
  }
}

/** The uses of a template in a version of a journey, one for each of the template's versions that it names. */
function usesIn({ definition, ...version }: NamingVersion, { kind, slug }: TemplatePath): TemplateUse[] {
  const steps = new Map<number, string[]>();
  for (const named of storedReferencesOf(definition)) {
    const [name, pinned] = named.reference.split('@');
    if (named.kind !== kind || name !== slug) continue;
    const template = Number(pinned);
    steps.set(template, [...(steps.get(template) ?? []), titleOf(named.place.node)]);
  }
  return [...steps].map(([template, titles]) => ({ ...version, template, steps: titles }));
}

/** What was to be stored rests on a version that is no longer the latest, or on there being none. */
function notExpected(expected: number | undefined, latest: number): AppError {
  const detail =
    expected === 0
      ? `There is a template of this name already, at version ${latest}; choose another name`
      : `It was changed meanwhile and is at version ${latest}; look at that one, then change it`;
  return conflict('template.changed', detail, { latest });
}

function templateOf(row: TemplateRow): Template {
  return {
    id: row.id,
    kind: TemplateKind.parse(row.kind),
    slug: row.slug,
    version: row.latest,
    rev: Number(row.rev),
  };
}

function versionOf({ kind, slug }: TemplatePath, row: TemplateVersionRow): TemplateVersion {
  return {
    kind,
    slug,
    version: row.version,
    sha256: row.sha256,
    createdAt: row.created_at.toISOString(),
    content: row.content,
  };
}
