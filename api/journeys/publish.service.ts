import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import type {
  JourneyPublication,
  JourneyVersion,
  JourneyProblem,
  JourneyVersionDetail,
  PublishedJourney,
} from '../../contracts/journeys/journeys-api.schema.ts';
import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import type { PageQuery } from '../../contracts/core/values.schema.ts';
import { atNode } from '../../domain/journeys/checks/problems.ts';
import { graphOf } from '../../domain/journeys/graph.ts';
import { kindOf } from '../../domain/journeys/nodes/node-kinds.ts';
import { recordAudit } from '../../platform/db/access/audit.ts';
import {
  findJourneyVersion,
  type JourneyVersionRow,
  listJourneyVersions,
  storeJourneyVersion,
} from '../../platform/db/journeys/journey-versions.ts';
import { changeJourney } from '../../platform/db/journeys/journeys.ts';
import { noPriceHint, type ModelRegistry } from '../../platform/models/model-registry.ts';
import { registryOf } from '../../platform/models/registry-of-workspace.ts';
import type { ApiConfig } from '../settings.ts';
import { CONFIG } from '../http/parts.ts';
import { conflict, notFound } from '../http/errors/app-error.ts';
import { decodeCursor, type Page, pageBy } from '../http/request/paging.ts';
import { auditActor, type Principal, requesterOf } from '../http/caller/principal.ts';
import { Store } from '../http/store.ts';
import { journeyOf, requireJourney, requireRev } from './find-journey.ts';
import { invalidJourney } from './invalid-journey.ts';
import { validateDraft } from './validate-journey.ts';

/** The sort key of versions: the number. */
const VersionKey = z.tuple([z.int().min(1)]);

/** Turns drafts into versions that never change, and shows them. */
@Injectable()
export class PublishService {
  constructor(
    private readonly store: Store,
    @Inject(CONFIG) private readonly config: ApiConfig,
  ) {}

  /** The draft becomes the live version; a paused journey stays paused, a stopped one takes people in again. */
  async publish(caller: Principal, slug: string, input: JourneyPublication): Promise<PublishedJourney> {
    return this.store.inWorkspace(caller, async (tx) => {
      const row = await requireJourney(tx, caller, slug, { lock: true });
      requireRev(Number(row.rev), input.expectedRev);
      if (row.draft === null) throw conflict('journey.noDraft', 'There is nothing to publish');
      const { problems, pinned } = await validateDraft(tx, row);
      const models = await registryOf(tx, caller.workspaceId, this.config);
      const all = [...problems, ...(pinned ? this.unpriced(models, pinned) : [])];
      if (all.length > 0 || !pinned) throw invalidJourney(all);
      const publication = { definition: pinned, publishedBy: caller.actor.name, publisher: requesterOf(caller) };
      const { version, created } = await storeJourneyVersion(tx, row, publication);
      const status = row.status === 'paused' ? 'paused' : 'live';
      const isSame = row.live_version === version.version && row.status === status && row.name === pinned.name;
      const live = isSame
        ? row
        : await changeJourney(tx, row, { status, liveVersion: version.version, name: pinned.name });
      if (!isSame) {
        await recordAudit(tx, {
          ...auditActor(caller),
          act: 'journey.published',
          subject: { kind: 'journey', id: row.id },
          detail: { slug, version: version.version, sha256: version.sha256 },
        });
      }
      return { ...versionOf(version), created, journey: journeyOf(live) };
    });
  }

  /** The steps whose model has no price: what they spend could not be held to their budgets. */
  private unpriced(models: ModelRegistry, definition: JourneyDefinition): JourneyProblem[] {
    return [...graphOf(definition).places.values()].flatMap((place) =>
      kindOf(place.node)
        .models(place.node)
        .map(([field, name]): [string, string] => [field, name ?? this.config.LLM_MODEL])
        .filter(([, name]) => models.priceOf(name) === null)
        .map(([field, name]) => atNode(place, 'llm.noPrice', `The model ${name} has no price`, noPriceHint, field)),
    );
  }

  async versions(caller: Principal, slug: string, query: PageQuery): Promise<Page<JourneyVersion>> {
    const before = query.cursor === undefined ? null : decodeCursor(query.cursor, VersionKey)[0];
    const rows = await this.store.inWorkspace(caller, async (tx) =>
      listJourneyVersions(tx, await requireJourney(tx, caller, slug), { before, limit: query.limit }),
    );
    return pageBy(rows, query.limit, (row) => row.version, versionOf);
  }

  async version(caller: Principal, slug: string, number: number): Promise<JourneyVersionDetail> {
    const row = await this.store.inWorkspace(caller, async (tx) =>
      findJourneyVersion(tx, await requireJourney(tx, caller, slug), number),
    );
    if (!row) throw notFound('journeyVersion');
    return { ...versionOf(row), definition: row.definition };
  }
}

function versionOf(row: JourneyVersionRow): JourneyVersion {
  return {
    id: row.id,
    version: row.version,
    sha256: row.sha256,
    publishedAt: row.published_at.toISOString(),
    publishedBy: row.published_by,
  };
}
