import { Injectable } from '@nestjs/common';
import {
  type JourneyDetail,
  JourneyDraft,
  type JourneyQuery,
  JourneyToValidate,
  type JourneyVerdict,
  type ListedJourney,
} from '../../contracts/journeys/journeys-api.schema.ts';
import { journeyLimits } from '../../contracts/journeys/limits.ts';
import type { JsonObject } from '../../contracts/core/machine.ts';
import { recordAudit } from '../../platform/db/access/audit.ts';
import { figuresOfJourneys } from '../../platform/db/views/journey-figures.ts';
import { changeJourney, insertJourney, type JourneyRow, listJourneys } from '../../platform/db/journeys/journeys.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import { beforeId, type Page, pageById } from '../http/request/paging.ts';
import { auditActor, type Principal } from '../http/caller/principal.ts';
import { readBody, requireUsable } from '../http/request/raw-body.ts';
import { Store } from '../http/store.ts';
import { journeyOf, requireJourney, requireRev } from './find-journey.ts';
import { listedJourneyOf } from './journey-figures.ts';
import { requireBounded } from './invalid-journey.ts';
import { validateDraft, validateJourney } from './validate-journey.ts';

/** The body around a definition that may itself be as deep as a journey can be. */
const maxBodyDepth = journeyLimits.depth + 2;

/** Keeps journeys and their drafts. */
@Injectable()
export class DraftsService {
  constructor(private readonly store: Store) {}

  async list(caller: Principal, query: JourneyQuery): Promise<Page<ListedJourney>> {
    const { workspaceId } = caller;
    const { status = null, q = null, limit } = query;
    const page = { workspaceId, status, q, before: beforeId(query.cursor), limit };
    return this.store.inWorkspace(caller, async (tx) => {
      const rows = await listJourneys(tx, page);
      const ids = rows.slice(0, limit).map(({ id }) => id);
      const figures = await figuresOfJourneys(tx, workspaceId, ids);
      return pageById(rows, limit, (row) => listedJourneyOf(row, figures));
    });
  }

  async show(caller: Principal, slug: string): Promise<JourneyDetail> {
    return this.store.inWorkspace(caller, async (tx) => detailOf(tx, await requireJourney(tx, caller, slug)));
  }

  async put(caller: Principal, slug: string, body: unknown): Promise<JourneyDetail> {
    requireUsable(body, maxBodyDepth);
    const { definition, expectedRev } = readBody(JourneyDraft, body);
    requireBounded(definition);
    // JSON came in and went through the schema, so it is JSON.
    const draft = definition as JsonObject;
    const name = nameOf(draft, slug);
    return this.store.inWorkspace(caller, async (tx) => {
      const { workspaceId } = caller;
      const made = await insertJourney(tx, { workspaceId, slug, name, draft });
      if (made) requireRev(0, expectedRev);
      const row = made ?? (await this.change(tx, caller, slug, { draft, name }, expectedRev));
      await recordAudit(tx, {
        ...auditActor(caller),
        act: 'journey.drafted',
        subject: { kind: 'journey', id: row.id },
        detail: { slug, rev: Number(row.rev) },
      });
      return detailOf(tx, row);
    });
  }

  async validate(caller: Principal, slug: string, body: unknown): Promise<JourneyVerdict> {
    requireUsable(body, maxBodyDepth);
    const { definition } = readBody(JourneyToValidate, body);
    requireBounded(definition ?? {});
    return this.store.inWorkspace(caller, async (tx) => {
      const { problems } = definition
        ? await validateJourney(tx, caller.workspaceId, slug, definition)
        : await validateDraft(tx, await requireJourney(tx, caller, slug));
      return { valid: problems.length === 0, problems };
    });
  }

  private async change(
    tx: Tx,
    caller: Principal,
    slug: string,
    change: { draft: JsonObject; name: string },
    expectedRev: number | undefined,
  ): Promise<JourneyRow> {
    const row = await requireJourney(tx, caller, slug, { lock: true });
    requireRev(Number(row.rev), expectedRev);
    return changeJourney(tx, row, change);
  }
}

async function detailOf(tx: Tx, row: JourneyRow): Promise<JourneyDetail> {
  const { problems } = await validateDraft(tx, row);
  return { ...journeyOf(row), draft: row.draft, problems };
}

/** A draft need not be whole, so its name may be missing. */
function nameOf(draft: JsonObject, slug: string): string {
  const { name } = draft;
  return typeof name === 'string' && name.trim() !== '' ? name.trim().slice(0, journeyLimits.line) : slug;
}
